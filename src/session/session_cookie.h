#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "http/cookie.h"
#include "session/cookie_jar.h"
#include "session/session_record.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::session {

// What the cookie of a session holds.
enum class CookieForm : std::uint8_t {
    record,  // all of it, sealed: nothing else is needed to go on
    handle,  // its name alone, sealed: the rest is in the store
};

// What a browser brought.
struct Presented {
    std::string id;
    std::optional<SessionRecord> record;  // nothing: a handle
    base::SystemTime expires_at;
    // As a new cookie would be: sealed, and with the newest key.
    bool is_up_to_date = true;
};

// Where a browser keeps a session: in its cookie "{provider}-refresh-token". A browser has one session for
// each provider; the seal tells for which environment it is.
class SessionCookie {
 public:
    // What may be accepted that was not sealed here: the clear refresh tokens of a Backstage backend.
    struct Unsealed {
        std::chrono::seconds session_duration{};
        // What the cookie of an access token, kept in place of a refresh token, begins with; empty if the
        // provider has none.
        std::string access_token_prefix;
    };

    SessionCookie(
        const crypto::KeyRing& keys,
        std::string provider,
        std::string environment,
        std::optional<Unsealed> unsealed = std::nullopt
    );

    // Errors: session.missing, if there is no such cookie; session.invalid, if it was not made for this
    // provider and environment by a key of the ring; session.expired.
    [[nodiscard]] base::Result<Presented> read(const http::Cookies& cookies, base::SystemTime now) const;

    // Appends the cookies that hold `record` until it expires, in the given form, and the removal of those
    // that are in the way. Error: session.too_large.
    [[nodiscard]] base::Result<void> write(
        std::vector<http::SetCookie>& out,
        const http::Cookies& present,
        CookieAttributes attributes,
        const SessionRecord& record,
        CookieForm form,
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
    [[nodiscard]] std::optional<Presented> decode(std::string_view plaintext) const;
    [[nodiscard]] base::Result<Presented> read_unsealed(
        const http::Cookies& cookies, std::string_view value, base::SystemTime now
    ) const;
    const crypto::KeyRing& keys_;
    std::string provider_;
    std::string environment_;
    std::optional<Unsealed> unsealed_;
    std::string name_;
    std::string scope_name_;
};

}  // namespace stagedoor::session
