#include "flow/cookie_policy.h"

namespace stagedoor::flow {

CookiePolicy::CookiePolicy(
    const base::Url& redirect_uri, std::string_view base_path, std::string_view provider, bool form_post
)
    : host_(redirect_uri.host()),
      https_(redirect_uri.scheme() == "https"),
      loopback_(redirect_uri.origin().is_loopback()),
      form_post_(form_post) {
    const auto provider_path = std::string("/").append(provider);
    const auto usual_end = provider_path + "/handler/frame";
    const auto& path = redirect_uri.path();
    if (path.ends_with(usual_end)) {
        session_path_ = path.substr(0, path.size() - std::string_view("/handler/frame").size());
        flow_path_ = session_path_;
    } else {
        // The operator's own callback path: /start and the callback have no path in common but the root.
        session_path_ = std::string(base_path) + provider_path;
        flow_path_ = "/";
    }
}

session::CookieAttributes CookiePolicy::session(const base::Origin& app) const {
    // A page on another host may be another site, and a cookie goes with its requests only if it says None.
    // Ports make no difference to a browser here.
    const bool other_host = https_ && app.host() != host_;
    return {
        .path = session_path_,
        .secure = https_,
        .same_site = other_host ? http::SameSite::none : http::SameSite::lax,
        .max_age = {},
    };
}

session::CookieAttributes CookiePolicy::flow(const base::Origin& app) const {
    auto attributes = session(app);
    attributes.path = flow_path_;
    if (form_post_ && (https_ || loopback_)) {
        // A Lax cookie stays behind when the provider's page posts the response. Browsers take Secure cookies
        // from a loopback address without TLS.
        attributes.same_site = http::SameSite::none;
        attributes.secure = true;
    }
    return attributes;
}

}  // namespace stagedoor::flow
