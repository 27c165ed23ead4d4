#include "jose/jwt.h"

#include "jose/errors.h"

#include <cmath>

namespace stagedoor::jose {
namespace {

constexpr double kEndOfYear9999 = 253'402'300'799.0;

std::unexpected<base::Error> malformed(std::string_view claim) {
    return base::fail(
        errors::kJwtMalformedClaims, "The token's claim " + std::string(claim) + " has a wrong type"
    );
}

base::Result<std::optional<std::string>> string_claim(const JsonObject& object, std::string_view name) {
    if (!object.has(name)) return std::nullopt;
    const auto text = object.string(name);
    if (!text) return malformed(name);
    return std::string(*text);
}

// RFC 7519, section 4.1.3: an array of strings, or one string in the place of an array of one.
base::Result<std::vector<std::string>> audience(const JsonObject& object) {
    if (!object.has("aud")) return std::vector<std::string>{};
    if (const auto single = object.string("aud")) return std::vector<std::string>{std::string(*single)};
    if (auto several = object.strings("aud")) return std::move(*several);
    return malformed("aud");
}

}  // namespace

base::Result<std::optional<base::SystemTime>> numeric_date(const JsonObject& object, std::string_view name) {
    if (!object.has(name)) return std::nullopt;
    const auto seconds = object.number(name);
    if (!seconds || *seconds < 0 || *seconds > kEndOfYear9999) return malformed(name);
    return base::SystemTime(std::chrono::milliseconds(static_cast<std::int64_t>(std::floor(*seconds * 1000)))
    );
}

base::Result<Claims> parse_claims(std::string_view payload) {
    auto object = JsonObject::parse(payload);
    if (!object) {
        return base::fail(base::Error(errors::kJwtMalformedClaims, "The token's claims are not a JSON object")
                              .caused_by(std::move(object.error())));
    }
    Claims claims;
    claims.all = std::move(*object);
    STAGEDOOR_TRY(claims.iss, string_claim(claims.all, "iss"));
    STAGEDOOR_TRY(claims.sub, string_claim(claims.all, "sub"));
    STAGEDOOR_TRY(claims.aud, audience(claims.all));
    STAGEDOOR_TRY(claims.exp, numeric_date(claims.all, "exp"));
    STAGEDOOR_TRY(claims.nbf, numeric_date(claims.all, "nbf"));
    STAGEDOOR_TRY(claims.iat, numeric_date(claims.all, "iat"));
    STAGEDOOR_TRY(claims.jti, string_claim(claims.all, "jti"));
    return claims;
}

base::Result<Claims> verify_jwt(
    std::string_view token, const VerificationKeys& keys, std::span<const Algorithm> allowed
) {
    STAGEDOOR_TRY(const auto jws, Jws::parse(token));
    STAGEDOOR_TRY(const auto payload, jws.verify(keys, allowed));
    return parse_claims(payload);
}

}  // namespace stagedoor::jose
