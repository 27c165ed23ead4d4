#pragma once

#include "base/url.h"
#include "session/cookie_jar.h"

#include <string>

namespace stagedoor::flow {

// The attributes of the cookies of one provider and environment. They follow from where its redirect URI is,
// since that is the one place where the browser has to bring a cookie back to from another site.
class CookiePolicy {
 public:
    // `redirect_uri`: absolute; `base_path`: of this service as browsers see it ("/api/auth"); `form_post`:
    // the provider returns with a POST from its own site.
    CookiePolicy(
        const base::Url& redirect_uri, std::string_view base_path, std::string_view provider, bool form_post
    );

    // For the cookie of a login that is under way. It is sent to /start as well, which counts them.
    [[nodiscard]] session::CookieAttributes flow(const base::Origin& app) const;
    // For the session: sent to /refresh and /logout.
    [[nodiscard]] session::CookieAttributes session(const base::Origin& app) const;

 private:
    std::string host_;
    bool https_;
    bool loopback_;
    bool form_post_;
    std::string flow_path_;
    std::string session_path_;
};

}  // namespace stagedoor::flow
