#include "jose/jws.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "jose/errors.h"

#include <algorithm>

namespace stagedoor::jose {
namespace {

constexpr JsonLimits kHeaderLimits{.bytes = 8 * 1024, .depth = 8};

std::unexpected<base::Error> malformed(std::string message) {
    return base::fail(errors::kJwsMalformed, std::move(message));
}

// RFC 7515, section 4.1.
base::Result<JwsHeader> parse_header(std::string_view text) {
    auto object = JsonObject::parse(text, kHeaderLimits);
    if (!object) {
        return base::fail(base::Error(errors::kJwsMalformed, "The token's header is not a JSON object")
                              .caused_by(std::move(object.error())));
    }
    if (object->has("crit") || object->has("b64")) {
        return base::fail(
            errors::kJwsCriticalHeader, "The token's header demands an extension that is not supported"
        );
    }
    JwsHeader header;
    const auto alg = object->string("alg");
    if (!alg) return malformed("The token's header names no algorithm");
    header.alg = *alg;
    if (object->has("kid")) {
        const auto kid = object->string("kid");
        if (!kid) return malformed("The token's header has a kid that is no text");
        header.kid = *kid;
    }
    if (const auto typ = object->string("typ")) header.typ = *typ;
    return header;
}

}  // namespace

base::Result<Jws> Jws::parse(std::string_view compact) {
    if (compact.size() > kMaxJwsBytes) return malformed("The token is too large");
    const auto first = compact.find('.');
    const auto second = first == std::string_view::npos ? first : compact.find('.', first + 1);
    if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos) {
        return malformed("The token has not three parts");
    }
    const auto header = base::base64url_decode(compact.substr(0, first));
    auto payload = base::base64url_decode(compact.substr(first + 1, second - first - 1));
    auto signature = base::base64url_decode(compact.substr(second + 1));
    if (!header || !payload || !signature) return malformed("A part of the token is not base64url");

    Jws jws;
    STAGEDOOR_TRY(jws.header_, parse_header(*header));
    jws.signing_input_ = compact.substr(0, second);
    jws.payload_ = std::move(*payload);
    jws.signature_ = std::move(*signature);
    return jws;
}

base::Result<std::string> Jws::verify(const VerificationKeys& keys, std::span<const Algorithm> allowed)
    const {
    const auto algorithm = crypto::parse_algorithm(header_.alg);
    if (!algorithm || std::ranges::find(allowed, *algorithm) == allowed.end()) {
        return base::fail(
            errors::kJwsAlgorithmRefused, "The token is not signed with an algorithm that is accepted here"
        );
    }
    if (crypto::is_symmetric(*algorithm)) {
        if (keys.client_secret == nullptr || keys.client_secret->empty()) {
            return base::fail(
                errors::kJwsAlgorithmRefused, "The token is signed with a secret that is not known here"
            );
        }
        if (!verify_with_secret(*keys.client_secret, *algorithm)) {
            return base::fail(errors::kJwsSignatureInvalid, "The token's signature is not valid");
        }
        return payload_;
    }
    if (keys.keys == nullptr) {
        return base::fail(
            errors::kJwsAlgorithmRefused, "The token is signed with a key, but no keys are known here"
        );
    }
    const auto candidates = keys.keys->candidates(header_.kid, *algorithm);
    if (candidates.empty()) {
        return base::fail(
            errors::kJwsKeyNotFound, "The token is signed with a key that its issuer has not published"
        );
    }
    if (!verify_with_keys(candidates, *algorithm)) {
        return base::fail(errors::kJwsSignatureInvalid, "The token's signature is not valid");
    }
    return payload_;
}

bool Jws::verify_with_keys(const std::vector<const Jwk*>& candidates, Algorithm algorithm) const {
    return std::ranges::any_of(candidates, [&](const Jwk* key) {
        return key->key().verify(algorithm, signing_input_, signature_);
    });
}

bool Jws::verify_with_secret(const base::Secret& secret, Algorithm algorithm) const {
    const auto expected = crypto::hmac(crypto::hash_of(algorithm), secret.reveal(), signing_input_);
    return base::equal_in_constant_time(expected, signature_);
}

}  // namespace stagedoor::jose
