#pragma once

#include "base/error.h"

namespace stagedoor::jose::errors {

using base::ErrorKind;
namespace name = base::error_name;

inline constexpr ErrorKind kJsonMalformed{"json.malformed", 400, name::kInput};
inline constexpr ErrorKind kJsonDuplicateMember{"json.duplicate_member", 400, name::kInput};

inline constexpr ErrorKind kJwkInvalid{"jwk.invalid", 503, name::kUnavailable};
inline constexpr ErrorKind kJwkUnsupported{"jwk.unsupported", 503, name::kUnavailable};
inline constexpr ErrorKind kKeySetInvalid{"jwks.invalid", 503, name::kUnavailable};

inline constexpr ErrorKind kJwsMalformed{"jws.malformed", 401, name::kAuthentication};
inline constexpr ErrorKind kJwsAlgorithmRefused{"jws.algorithm_refused", 401, name::kAuthentication};
inline constexpr ErrorKind kJwsCriticalHeader{"jws.critical_header", 401, name::kAuthentication};
inline constexpr ErrorKind kJwsKeyNotFound{"jws.key_not_found", 401, name::kAuthentication};
inline constexpr ErrorKind kJwsSignatureInvalid{"jws.signature_invalid", 401, name::kAuthentication};
inline constexpr ErrorKind kJwtMalformedClaims{"jwt.malformed_claims", 401, name::kAuthentication};

}  // namespace stagedoor::jose::errors
