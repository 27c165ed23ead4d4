#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "http/cookie.h"
#include "session/cookie_jar.h"
#include "session/session_record.h"

#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::session {

// Where a session is kept: sealed, in the browser's own cookie "{provider}-refresh-token". A browser has one
// session for each provider; the seal tells for which environment it is.
class SessionCookie {
 public:
    SessionCookie(const crypto::KeyRing& keys, std::string provider, std::string environment);

    struct Opened {
        SessionRecord record;
        bool sealed_with_newest_key;
    };
    // Errors: session.missing, if there is no such cookie; session.invalid, if it was not made for this
    // provider and environment by a key of the ring; session.expired.
    [[nodiscard]] base::Result<Opened> read(const http::Cookies& cookies, base::SystemTime now) const;

    // Appends the cookies that hold `record` until it expires, and the removal of those that are in the way.
    // Error: session.too_large.
    [[nodiscard]] base::Result<void> write(
        std::vector<http::SetCookie>& out,
        const http::Cookies& present,
        CookieAttributes attributes,
        const SessionRecord& record,
        base::SystemTime now,
        base::Random& random
    ) const;

    // Appends the removal of whatever the request had under this name, and of the scopes that a Backstage
    // backend keeps beside it.
    void erase(
        std::vector<http::SetCookie>& out, const http::Cookies& present, const CookieAttributes& attributes
    ) const;

 private:
    [[nodiscard]] crypto::SealContext context() const;
    const crypto::KeyRing& keys_;
    std::string provider_;
    std::string environment_;
    std::string name_;
};

}  // namespace stagedoor::session
