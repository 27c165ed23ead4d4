#pragma once

#include "base/error.h"

namespace stagedoor::session::errors {

using base::ErrorKind;
namespace name = base::error_name;

// The login that this browser started can't be continued.
inline constexpr ErrorKind kStateInvalid{"login.state_invalid", 403, name::kNotAllowed};
inline constexpr ErrorKind kStateExpired{"login.state_expired", 403, name::kNotAllowed};
inline constexpr ErrorKind kFlowCookieMissing{"login.cookie_missing", 403, name::kNotAllowed};
inline constexpr ErrorKind kNonceMismatch{"login.nonce_mismatch", 403, name::kNotAllowed};

// The session of a provider.
inline constexpr ErrorKind kSessionMissing{"session.missing", 401, name::kInput};
inline constexpr ErrorKind kSessionInvalid{"session.invalid", 401, name::kInput};
inline constexpr ErrorKind kSessionExpired{"session.expired", 401, name::kAuthentication};
inline constexpr ErrorKind kSessionTooLarge{"session.too_large", 500, name::kOther};
inline constexpr ErrorKind kSessionEnded{"session.ended", 401, name::kAuthentication};
inline constexpr ErrorKind kSessionSignedOut{"session.signed_out", 401, name::kAuthentication};
// A login in the same browser has taken the place of this session a moment ago: the next request is its.
inline constexpr ErrorKind kSessionReplaced{"session.replaced", 503, name::kUnavailable};
// Another tab or replica is renewing the session, and takes too long.
inline constexpr ErrorKind kSessionBusy{"session.busy", 503, name::kUnavailable};

// Where sessions are remembered.
inline constexpr ErrorKind kStoreUnavailable{"store.unavailable", 503, name::kUnavailable};

}  // namespace stagedoor::session::errors
