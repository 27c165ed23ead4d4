#include "flow/cors.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::flow {

namespace {

// What our own answers say to a page besides their body; without this it could not read them from another
// origin.
constexpr std::string_view kOwnHeaders = "Retry-After,Stagedoor-Stale";

}  // namespace

Cors::Cors(CorsSettings settings)
    : settings_(std::move(settings)),
      methods_(fmt::format("{}", fmt::join(settings_.methods, ","))),
      exposed_headers_(kOwnHeaders) {
    for (const auto& header : settings_.exposed_headers) exposed_headers_.append(",").append(header);
    if (settings_.allowed_headers)
        allowed_headers_ = fmt::format("{}", fmt::join(*settings_.allowed_headers, ","));
}

bool Cors::admits(std::string_view origin) const {
    const auto parsed = base::Origin::parse(origin);
    return parsed && std::ranges::any_of(settings_.origins, [&](const base::OriginPattern& pattern) {
               return pattern.matches(*parsed);
           });
}

http::Response Cors::preflight(const http::Request& request) const {
    http::Response response{.status = settings_.preflight_status, .fields = {}, .body = {}, .error_code = {}};
    response.add("Vary", "Origin, Access-Control-Request-Headers");
    const auto origin = request.field("Origin");
    if (!admits(origin)) return response;
    response.add("Access-Control-Allow-Origin", origin);
    if (settings_.credentials) response.add("Access-Control-Allow-Credentials", "true");
    response.add("Access-Control-Allow-Methods", methods_);
    const auto headers = settings_.allowed_headers ? std::string_view(allowed_headers_)
                                                   : request.field("Access-Control-Request-Headers");
    if (!headers.empty()) response.add("Access-Control-Allow-Headers", headers);
    if (settings_.max_age) response.add("Access-Control-Max-Age", std::to_string(settings_.max_age->count()));
    return response;
}

void Cors::apply(const http::Request& request, http::Response& response) const {
    response.add("Vary", "Origin");
    const auto origin = request.field("Origin");
    if (origin.empty() || !admits(origin)) return;
    response.add("Access-Control-Allow-Origin", origin);
    if (settings_.credentials) response.add("Access-Control-Allow-Credentials", "true");
    response.add("Access-Control-Expose-Headers", exposed_headers_);
}

}  // namespace stagedoor::flow
