#pragma once

#include "base/error.h"

namespace stagedoor::provider::errors {

using base::ErrorKind;
namespace name = base::error_name;

// The provider is one for OpenID Connect, and its answer to a login has no id_token.
inline constexpr ErrorKind kIdTokenMissing{"id_token.missing", 401, name::kAuthentication};
// A session without refresh token can't get more scopes than its login was granted.
inline constexpr ErrorKind kScopeNotGranted{"refresh.scope_not_granted", 401, name::kOther};
// The provider no longer accepts the access token that is the session.
inline constexpr ErrorKind kAccessTokenInvalid{"refresh.access_token_invalid", 401, name::kAuthentication};
// The provider refused a refresh token that may have been sent twice, because a connection broke: no verdict.
inline constexpr ErrorKind kRefreshRepeated{"refresh.repeated", 503, name::kUnavailable};
// The refreshed answer is about another user than the session.
inline constexpr ErrorKind kSubjectChanged{"refresh.subject_changed", 401, name::kAuthentication};

}  // namespace stagedoor::provider::errors
