#pragma once

#include "base/origin_pattern.h"
#include "base/result.h"
#include "base/url.h"

#include <string_view>
#include <vector>

namespace stagedoor::flow {

// The pages that may ask for tokens: the app's own origin, and those that the operator adds by pattern.
class AllowedOrigins {
 public:
    AllowedOrigins(base::Origin app, std::vector<base::OriginPattern> further);

    [[nodiscard]] bool contains(const base::Origin& origin) const;
    [[nodiscard]] const base::Origin& app() const { return app_; }

    // The origin of `text`, the `origin` parameter of /start: an origin, or a URL that is reduced to its
    // origin. Errors: request.origin_invalid, request.origin_not_allowed.
    [[nodiscard]] base::Result<base::Origin> admit(std::string_view text) const;
    // The value of an Origin field (RFC 6454, section 7): exactly one origin. Error:
    // request.origin_not_allowed, also for "null".
    [[nodiscard]] base::Result<base::Origin> admit_field(std::string_view text) const;
    // Where the browser may be sent after a login by redirect. Error: request.redirect_url_not_allowed.
    [[nodiscard]] base::Result<base::Url> admit_redirect(std::string_view text) const;

 private:
    base::Origin app_;
    std::vector<base::OriginPattern> further_;
};

}  // namespace stagedoor::flow
