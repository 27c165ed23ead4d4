#include "jose/jwk.h"

#include "base/encoding.h"
#include "jose/errors.h"

#include <algorithm>

namespace stagedoor::jose {
namespace {

std::optional<crypto::KeyType> key_type(const JsonObject& object) {
    const auto kty = object.string("kty");
    const auto crv = object.string("crv");
    if (kty == "RSA") return crypto::KeyType::rsa;
    if (kty == "EC" && crv == "P-256") return crypto::KeyType::p256;
    if (kty == "EC" && crv == "P-384") return crypto::KeyType::p384;
    if (kty == "EC" && crv == "P-521") return crypto::KeyType::p521;
    if (kty == "OKP" && crv == "Ed25519") return crypto::KeyType::ed25519;
    return std::nullopt;
}

base::Result<std::string> octets(const JsonObject& object, std::string_view name) {
    const auto text = object.string(name);
    auto bytes = text ? base::base64url_decode(*text) : std::nullopt;
    if (!bytes || bytes->empty()) {
        return base::fail(errors::kJwkInvalid, "The key's member " + std::string(name) + " is not base64url");
    }
    return std::move(*bytes);
}

// RFC 7518, sections 6.2.1 and 6.3.1; RFC 8037, section 2.
base::Result<crypto::PublicComponents> components(crypto::KeyType type, const JsonObject& object) {
    crypto::PublicComponents result;
    result.type = type;
    if (type == crypto::KeyType::rsa) {
        STAGEDOOR_TRY(result.n, octets(object, "n"));
        STAGEDOOR_TRY(result.e, octets(object, "e"));
        return result;
    }
    STAGEDOOR_TRY(result.x, octets(object, "x"));
    if (type != crypto::KeyType::ed25519) {
        STAGEDOOR_TRY(result.y, octets(object, "y"));
    }
    return result;
}

// A member that limits the use of a key, and has a type that we can't read, forbids all use.
bool allows_verification(const JsonObject& object) {
    if (object.has("use") && object.string("use") != "sig") return false;
    if (!object.has("key_ops")) return true;
    const auto operations = object.strings("key_ops");
    return operations && std::ranges::find(*operations, "verify") != operations->end();
}

}  // namespace

base::Result<Jwk> Jwk::parse(const JsonObject& object) {
    const auto type = key_type(object);
    if (!type) return base::fail(errors::kJwkUnsupported, "The key is of a type that is not supported");
    STAGEDOOR_TRY(const auto parts, components(*type, object));
    auto key = crypto::PublicKey::from_components(parts);
    if (!key) {
        return base::fail(
            base::Error(errors::kJwkInvalid, "The key is not valid").caused_by(std::move(key.error()))
        );
    }
    Jwk result(std::move(*key));
    result.may_verify_ = allows_verification(object);
    if (object.has("alg")) result.algorithm_ = object.string("alg").value_or("");
    if (const auto kid = object.string("kid")) result.kid_ = *kid;
    return result;
}

bool Jwk::fits(Algorithm algorithm) const {
    if (!may_verify_ || !key_.fits(algorithm)) return false;
    return !algorithm_ || *algorithm_ == crypto::to_string(algorithm);
}

}  // namespace stagedoor::jose
