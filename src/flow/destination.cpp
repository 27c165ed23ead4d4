#include "flow/destination.h"

#include "base/encoding.h"
#include "page/popup_page.h"

#include <algorithm>

namespace stagedoor::flow {

namespace {

http::Response redirect_to(const std::string& location) {
    http::Response response;
    response.status = 302;
    response.add("Location", location);
    response.add("Cache-Control", "no-store");
    return response;
}

// `url` with `error` as its only parameter of that name: an address that a former failure came back to has
// one already.
std::string with_error(const base::Url& url, std::string_view message) {
    std::string query;
    auto rest = std::string_view(url.query());
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        if (pair.substr(0, pair.find('=')) == "error") continue;
        query.append(pair).push_back('&');
    }
    query.append("error=").append(base::form_encode(message));
    auto location = url.origin().to_string() + url.path() + "?" + query;
    if (!url.fragment().empty()) location.append("#").append(url.fragment());
    return location;
}

}  // namespace

http::Response deliver(const Context& context, const Destination& destination, const TokenAnswer& answer) {
    // After a redirect the app asks /refresh for its tokens: none may be in an address.
    if (destination.redirect_url) return redirect_to(destination.redirect_url->to_string());
    return page::authorization_response_page(
        {.response_json = authorization_response_json(answer),
         .target_origin = destination.origin,
         .announce_origin = context.announce_origin}
    );
}

http::Response deliver_error(
    const Context& context, const Destination& destination, const base::Error& error
) {
    auto response = destination.redirect_url
                        ? redirect_to(with_error(*destination.redirect_url, error.message()))
                        : page::authorization_response_page(
                              {.response_json = authorization_error_json(error),
                               .target_origin = destination.origin,
                               .announce_origin = context.announce_origin}
                          );
    response.error_code = error.code();
    return response;
}

}  // namespace stagedoor::flow
