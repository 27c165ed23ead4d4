#include "flow/guard.h"

#include "flow/errors.h"

namespace stagedoor::flow {

base::Result<base::Origin> admit_script(const http::Request& request, const AllowedOrigins& origins) {
    if (request.count("X-Requested-With") != 1 || request.field("X-Requested-With") != "XMLHttpRequest") {
        return base::fail(errors::kRequestedWithMissing, "Invalid X-Requested-With header");
    }
    if (is_navigation(request)) {
        return base::fail(errors::kCrossSite, "This address is for scripts, and can't be visited");
    }
    if (request.count("Origin") > 1) {
        return base::fail(errors::kOriginNotAllowed, "The Origin of the request is not allowed");
    }
    const auto origin = request.field("Origin");
    if (!origin.empty()) return origins.admit_field(origin);
    const auto site = request.field("Sec-Fetch-Site");
    if (!site.empty() && site != "same-origin" && site != "none") {
        return base::fail(errors::kCrossSite, "The request comes from another site, and has no Origin");
    }
    return origins.app();
}

base::Result<void> admit_navigation(const http::Request& request) {
    const auto site = request.field("Sec-Fetch-Site");
    const bool foreign = site == "cross-site" || site == "same-site";
    if (foreign && request.field("Sec-Fetch-Mode") != "navigate") {
        return base::fail(errors::kCrossSite, "A login can be started by a navigation only");
    }
    return {};
}

bool is_navigation(const http::Request& request) {
    return request.field("Sec-Fetch-Mode") == "navigate";
}

}  // namespace stagedoor::flow
