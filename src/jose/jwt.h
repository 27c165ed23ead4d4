#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "jose/json.h"
#include "jose/jws.h"

#include <optional>
#include <string>
#include <vector>

namespace stagedoor::jose {

// The registered claims of RFC 7519, section 4.1, with their types. What they say is for the caller to judge.
struct Claims {
    std::optional<std::string> iss;
    std::optional<std::string> sub;
    std::vector<std::string> aud;  // a single string is a list of one; empty if the claim is missing
    std::optional<base::SystemTime> exp;
    std::optional<base::SystemTime> nbf;
    std::optional<base::SystemTime> iat;
    std::optional<std::string> jti;
    JsonObject all;
};

// A NumericDate (RFC 7519, section 2), in whole or fractional seconds. Nothing if the member is missing.
// Error: jwt.malformed_claims, for anything but a number between the years 1970 and 9999: a time like 1e300
// is an error or an attack, and must not become "never" by an overflow.
[[nodiscard]] base::Result<std::optional<base::SystemTime>> numeric_date(
    const JsonObject& object, std::string_view name
);

// Errors: jwt.malformed_claims, for a payload that is no JSON object or has a registered claim of a wrong
// type.
[[nodiscard]] base::Result<Claims> parse_claims(std::string_view payload);

// Parses `token`, checks its signature (see Jws::verify) and reads its claims.
[[nodiscard]] base::Result<Claims> verify_jwt(
    std::string_view token, const VerificationKeys& keys, std::span<const Algorithm> allowed
);

}  // namespace stagedoor::jose
