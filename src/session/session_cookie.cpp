#include "session/session_cookie.h"

#include "session/errors.h"

namespace stagedoor::session {

SessionCookie::SessionCookie(const crypto::KeyRing& keys, std::string provider, std::string environment)
    : keys_(keys),
      provider_(std::move(provider)),
      environment_(std::move(environment)),
      name_(provider_ + "-refresh-token") {}

crypto::SealContext SessionCookie::context() const {
    return {.purpose = "session", .provider = provider_, .environment = environment_};
}

base::Result<SessionCookie::Opened> SessionCookie::read(const http::Cookies& cookies, base::SystemTime now)
    const {
    const auto sealed = read_chunked(cookies, name_);
    if (!sealed || sealed->empty()) return base::fail(errors::kSessionMissing, "Missing session cookie");
    auto opened = keys_.open(context(), *sealed);
    if (!opened) {
        return base::fail(base::Error(errors::kSessionInvalid, "Invalid session cookie")
                              .caused_by(std::move(opened.error())));
    }
    auto record = decode_session(opened->plaintext.reveal());
    if (!record) return base::fail(errors::kSessionInvalid, "Invalid session cookie");
    if (record->expires_at <= now) return base::fail(errors::kSessionExpired, "The session has expired");
    return Opened{.record = std::move(*record), .sealed_with_newest_key = opened->newest_key};
}

base::Result<void> SessionCookie::write(
    std::vector<http::SetCookie>& out,
    const http::Cookies& present,
    CookieAttributes attributes,
    const SessionRecord& record,
    base::SystemTime now,
    base::Random& random
) const {
    attributes.max_age = std::chrono::ceil<std::chrono::seconds>(record.expires_at - now);
    auto plaintext = encode(record);
    const auto sealed = keys_.seal(context(), plaintext, random);
    base::wipe(plaintext);
    return write_chunked(out, present, attributes, name_, sealed);
}

void SessionCookie::erase(
    std::vector<http::SetCookie>& out, const http::Cookies& present, const CookieAttributes& attributes
) const {
    erase_chunked(out, present, attributes, name_);
    erase_chunked(out, present, attributes, provider_ + "-granted-scope");
}

}  // namespace stagedoor::session
