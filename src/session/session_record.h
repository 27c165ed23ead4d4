#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "oauth/profile.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::session {

// What the credential of a session is.
enum class CredentialKind : std::uint8_t {
    refresh_token = 0,
    // An access token without expiry, from a provider that issues no refresh token.
    access_token = 1,
};

// What we remember of a login at a provider, sealed in the provider's
// cookie or in the store.
struct SessionRecord {
    std::string id;  // of this session, from its login on: see session/session_id.h
    base::Secret credential;
    CredentialKind kind = CredentialKind::refresh_token;
    std::string granted_scope;  // space separated, what the provider granted to this credential
    std::string subject;  // `sub` of the ID token or of userinfo; empty if the provider has no such thing
    std::string issuer;
    std::string sid;  // the provider's session id, for its logout notices
    std::uint64_t generation =
        0;  // counts the credentials of this session; a newer one never gives way to an older
    base::SystemTime created_at;  // of the login
    base::SystemTime expires_at;  // the end of this session, whatever the provider says
    oauth::Profile profile;
    base::SystemTime profile_read_at;  // 1970 if the profile was never read
    friend bool operator==(const SessionRecord&, const SessionRecord&) = default;
};

[[nodiscard]] std::string encode(const SessionRecord& record);
// Nothing if `text` is not what encode() made. One of a former version has an empty id.
[[nodiscard]] std::optional<SessionRecord> decode_session(std::string_view text);

}  // namespace stagedoor::session
