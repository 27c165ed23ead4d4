#include "oauth/id_token.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "oauth/errors.h"

#include <algorithm>

// The checks of OpenID Connect Core 1.0, section 3.1.3.7, in its order, but for the signature (its steps 6 to
// 8), which comes first: no claim is looked at before it. Step 1 (decryption) falls away, since no encryption
// is registered: an encrypted token has five parts and is refused as malformed.
namespace stagedoor::oauth {
namespace {

using Check = base::Result<void>;

// 2. "The Issuer Identifier for the OpenID Provider MUST exactly match the value of the iss (issuer) Claim."
Check check_issuer(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (claims.iss && std::ranges::find(expected.issuers, *claims.iss) != expected.issuers.end()) return {};
    return base::fail(errors::kIdTokenIssuerMismatch, "The ID token is from another issuer");
}

// Section 2: sub is required, and is what everything else hangs on.
Check check_subject(const jose::Claims& claims) {
    if (claims.sub && !claims.sub->empty()) return {};
    return base::fail(errors::kIdTokenSubjectMissing, "The ID token names no subject");
}

// 3. "The Client MUST validate that the aud (audience) Claim contains its client_id value [...]. The ID Token
// MUST be rejected if the ID Token does not list the Client as a valid audience, or if it contains additional
// audiences not trusted by the Client." None is trusted.
Check check_audience(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (std::ranges::find(claims.aud, expected.client_id) == claims.aud.end()) {
        return base::fail(errors::kIdTokenAudienceMismatch, "The ID token is for another client");
    }
    const bool alone =
        std::ranges::all_of(claims.aud, [&](const auto& aud) { return aud == expected.client_id; });
    if (!alone)
        return base::fail(errors::kIdTokenAudienceUntrusted, "The ID token is for other clients as well");
    return {};
}

// 4. and 5. "[...] when an azp (authorized party) Claim is present, the Client SHOULD verify that its
// client_id is the Claim Value."
Check check_authorized_party(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (!claims.all.has("azp") || claims.all.string("azp") == expected.client_id) return {};
    return base::fail(errors::kIdTokenAuthorizedPartyMismatch, "The ID token was issued to another client");
}

// 9. "The current time MUST be before the time represented by the exp Claim."
Check check_expiry(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (!claims.exp)
        return base::fail(errors::kIdTokenExpiryMissing, "The ID token does not say when it expires");
    if (expected.now >= *claims.exp + expected.leeway) {
        return base::fail(errors::kIdTokenExpired, "The ID token has expired");
    }
    // RFC 7519, section 4.1.5: "The nbf claim identifies the time before which the JWT MUST NOT be accepted".
    if (claims.nbf && expected.now + expected.leeway < *claims.nbf) {
        return base::fail(errors::kIdTokenNotYetValid, "The ID token is not valid yet");
    }
    return {};
}

// 10. "The iat Claim can be used to reject tokens that were issued too far away from the current time". It is
// required (section 2). How old it may be is for exp to say; one from the future is not to be explained.
Check check_issue_time(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (!claims.iat)
        return base::fail(errors::kIdTokenIssueTimeMissing, "The ID token does not say when it was issued");
    if (*claims.iat > expected.now + expected.leeway) {
        return base::fail(errors::kIdTokenIssuedInFuture, "The ID token was issued in the future");
    }
    return {};
}

// 11. "If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present and its value
// checked to verify that it is the same value as the one that was sent in the Authentication Request."
Check check_nonce(const jose::Claims& claims, const IdTokenExpectations& expected) {
    if (!expected.nonce) return {};
    const auto nonce = claims.all.string("nonce");
    if (nonce && base::equal_in_constant_time(*nonce, *expected.nonce)) return {};
    return base::fail(errors::kIdTokenNonceMismatch, "The ID token belongs to another login");
}

// Step 12 (acr) falls away: none is requested.
//
// 13. "If the auth_time Claim was requested [...], the Client SHOULD check the auth_time Claim value and
// request re-authentication if it determines too much time has elapsed since the last End-User
// authentication."
Check check_auth_time(const std::optional<base::SystemTime>& auth_time, const IdTokenExpectations& expected) {
    if (!expected.max_age) return {};
    if (!auth_time) {
        return base::fail(
            errors::kIdTokenAuthTimeMissing, "The ID token does not say when the user logged in"
        );
    }
    if (*auth_time + *expected.max_age + expected.leeway < expected.now) {
        return base::fail(
            errors::kIdTokenAuthTimeTooOld, "The user's login at the identity provider is too old"
        );
    }
    return {};
}

// Section 3.1.3.8: at_hash is "the base64url encoding of the left-most half of the hash of the octets of the
// ASCII representation of the access_token value, where the hash algorithm used is the hash algorithm used in
// the alg Header".
Check check_access_token_hash(
    const jose::Claims& claims, crypto::Algorithm algorithm, const IdTokenExpectations& expected
) {
    if (!claims.all.has("at_hash") || !expected.access_token) return {};
    const auto hash = crypto::digest(crypto::hash_of(algorithm), expected.access_token->reveal());
    const auto half = std::string_view(hash).substr(0, hash.size() / 2);
    if (claims.all.string("at_hash") == base::base64url_encode(half)) return {};
    return base::fail(
        errors::kIdTokenAccessTokenHashMismatch, "The ID token belongs to another access token"
    );
}

// Section 12.2, for a refreshed token: "its iss Claim Value MUST be the same as in the ID Token issued when
// the original authentication occurred", and so for sub, for auth_time ("its value MUST represent the time of
// the original authentication"), and for a nonce, which it should not have. Its aud and azp are this
// client's, as checked above.
Check check_previous(
    const jose::Claims& claims,
    const std::optional<base::SystemTime>& auth_time,
    const IdTokenExpectations& expected
) {
    if (!expected.previous) return {};
    const auto& previous = *expected.previous;
    if (claims.iss != previous.iss) {
        return base::fail(errors::kIdTokenIssuerMismatch, "The refreshed ID token is from another issuer");
    }
    if (claims.sub != previous.sub) {
        return base::fail(errors::kIdTokenSubjectChanged, "The refreshed ID token is about another user");
    }
    if (previous.auth_time && auth_time && *auth_time != *previous.auth_time) {
        return base::fail(errors::kIdTokenAuthTimeChanged, "The refreshed ID token is from another login");
    }
    if (previous.nonce && claims.all.has("nonce") && claims.all.string("nonce") != *previous.nonce) {
        return base::fail(errors::kIdTokenNonceMismatch, "The refreshed ID token belongs to another login");
    }
    return {};
}

}  // namespace

PreviousIdToken VerifiedIdToken::as_previous() const {
    PreviousIdToken result{.iss = issuer(), .sub = subject(), .auth_time = auth_time_, .nonce = std::nullopt};
    if (const auto text = nonce()) result.nonce = *text;
    return result;
}

base::Result<VerifiedIdToken> verify_id_token(
    std::string_view token, const jose::VerificationKeys& keys, const IdTokenExpectations& expected
) {
    // 6. "The Client MUST validate the signature of all other ID Tokens according to JWS using the algorithm
    // specified in the JWT alg Header Parameter." 7. "The alg value SHOULD be the default of RS256 or the
    // algorithm sent by the Client in the id_token_signed_response_alg parameter". 8. For HS*, "the octets of
    // the UTF-8 representation of the client_secret [...] are used as the key".
    STAGEDOOR_TRY(const auto jws, jose::Jws::parse(token));
    STAGEDOOR_TRY(const auto payload, jws.verify(keys, expected.algorithms));
    const auto algorithm = crypto::parse_algorithm(jws.header().alg);
    STAGEDOOR_TRY(auto claims, jose::parse_claims(payload));
    STAGEDOOR_TRY(const auto auth_time, jose::numeric_date(claims.all, "auth_time"));

    STAGEDOOR_CHECK(check_issuer(claims, expected));
    STAGEDOOR_CHECK(check_subject(claims));
    STAGEDOOR_CHECK(check_audience(claims, expected));
    STAGEDOOR_CHECK(check_authorized_party(claims, expected));
    STAGEDOOR_CHECK(check_expiry(claims, expected));
    STAGEDOOR_CHECK(check_issue_time(claims, expected));
    STAGEDOOR_CHECK(check_nonce(claims, expected));
    STAGEDOOR_CHECK(check_auth_time(auth_time, expected));
    STAGEDOOR_CHECK(check_access_token_hash(claims, *algorithm, expected));
    STAGEDOOR_CHECK(check_previous(claims, auth_time, expected));
    return VerifiedIdToken(std::move(claims), auth_time);
}

}  // namespace stagedoor::oauth
