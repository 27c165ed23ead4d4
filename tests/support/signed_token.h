#pragma once

#include "base/encoding.h"
#include "crypto/digest.h"
#include "crypto/signature.h"
#include "jose/key_set.h"

#include <string>
#include <string_view>

// Tokens and keys as an issuer makes them, for tests of those who verify them.
namespace stagedoor::support {

// "header.payload.", unsigned, of two JSON texts.
inline std::string signing_input(std::string_view header, std::string_view payload) {
    return base::base64url_encode(header) + "." + base::base64url_encode(payload);
}

inline std::string with_signature(const std::string& input, std::string_view signature) {
    return input + "." + base::base64url_encode(signature);
}

// A key of an issuer, and its name.
class IssuerKey {
 public:
    IssuerKey(crypto::KeyType type, std::string kid)
        : key_(crypto::PrivateKey::generate(type)), kid_(std::move(kid)) {}

    // A compact JWS whose header has alg and kid.
    [[nodiscard]] std::string sign(crypto::Algorithm algorithm, std::string_view payload) const {
        return sign(algorithm, payload, R"({"alg":")" + name(algorithm) + R"(","kid":")" + kid_ + R"("})");
    }
    [[nodiscard]] std::string sign_without_kid(crypto::Algorithm algorithm, std::string_view payload) const {
        return sign(algorithm, payload, R"({"alg":")" + name(algorithm) + R"("})");
    }
    [[nodiscard]] std::string sign(
        crypto::Algorithm algorithm, std::string_view payload, const std::string& header
    ) const {
        const auto input = signing_input(header, payload);
        return with_signature(input, key_.sign(algorithm, input).value());
    }

    // Its public half as a JWK. `extra` is put into the object as it is: R"("use":"sig",)".
    [[nodiscard]] std::string jwk(std::string_view extra = "") const {
        const auto parts = key_.public_key().components();
        std::string members = R"({)" + std::string(extra) + R"("kid":")" + kid_ + R"(",)";
        const auto add = [&](std::string_view member, const std::string& octets) {
            members += "\"" + std::string(member) + "\":\"" + base::base64url_encode(octets) + "\"";
        };
        if (parts.type == crypto::KeyType::rsa) {
            members += R"("kty":"RSA",)";
            add("n", parts.n);
            members += ",";
            add("e", parts.e);
        } else if (parts.type == crypto::KeyType::ed25519) {
            members += R"("kty":"OKP","crv":"Ed25519",)";
            add("x", parts.x);
        } else {
            members += R"("kty":"EC","crv":")" + curve(parts.type) + R"(",)";
            add("x", parts.x);
            members += ",";
            add("y", parts.y);
        }
        return members + "}";
    }
    [[nodiscard]] const std::string& kid() const { return kid_; }

 private:
    static std::string name(crypto::Algorithm algorithm) { return std::string(crypto::to_string(algorithm)); }
    static std::string curve(crypto::KeyType type) {
        if (type == crypto::KeyType::p256) return "P-256";
        return type == crypto::KeyType::p384 ? "P-384" : "P-521";
    }

    crypto::PrivateKey key_;
    std::string kid_;
};

// {"keys":[...]} of JWK texts.
inline std::string key_set_json(std::initializer_list<std::string> jwks) {
    std::string text;
    for (const auto& jwk : jwks) text += (text.empty() ? "" : ",") + jwk;
    return R"({"keys":[)" + text + "]}";
}

// A compact JWS with an HMAC under a shared secret.
inline std::string sign_with_secret(
    crypto::Algorithm algorithm, std::string_view payload, std::string_view secret
) {
    const auto header = R"({"alg":")" + std::string(crypto::to_string(algorithm)) + R"("})";
    const auto input = signing_input(header, payload);
    return with_signature(input, crypto::hmac(crypto::hash_of(algorithm), secret, input));
}

// Keys that many tests share, made once, since an RSA key takes its time.
inline const IssuerKey& rsa_key() {
    static const IssuerKey key(crypto::KeyType::rsa, "rsa-1");
    return key;
}
inline const IssuerKey& other_rsa_key() {
    static const IssuerKey key(crypto::KeyType::rsa, "rsa-2");
    return key;
}
inline const IssuerKey& ec_key() {
    static const IssuerKey key(crypto::KeyType::p256, "ec-1");
    return key;
}

}  // namespace stagedoor::support
