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

Delivery by_message(const Context& context, const Destination& destination, std::string message) {
    auto page = page::authorization_response_page(
        {.response_json = message,
         .target_origin = destination.origin,
         .channel = destination.channel,
         .announce_origin = context.announce_origin}
    );
    return {.response = std::move(page), .message = std::move(message)};
}

}  // namespace

Delivery deliver(const Context& context, const Destination& destination, const TokenAnswer& answer) {
    // After a redirect the app asks /refresh for its tokens: none may be in an address.
    if (destination.redirect_url)
        return {.response = redirect_to(destination.redirect_url->to_string()), .message = {}};
    return by_message(context, destination, authorization_response_json(answer));
}

Delivery deliver_error(const Context& context, const Destination& destination, const base::Error& error) {
    Delivery delivery;
    if (destination.redirect_url) {
        delivery.response = redirect_to(with_error(*destination.redirect_url, error.message()));
    } else {
        delivery = by_message(context, destination, authorization_error_json(error));
    }
    delivery.response.error_code = error.code();
    return delivery;
}

}  // namespace stagedoor::flow
