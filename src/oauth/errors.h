#pragma once

#include "base/error.h"

namespace stagedoor::oauth::errors {

using base::ErrorKind;
namespace name = base::error_name;

// What is wrong with an issuer's metadata. A later fetch may find it mended.
inline constexpr ErrorKind kMetadataUnavailable{"metadata.unavailable", 503, name::kUnavailable};
inline constexpr ErrorKind kMetadataMalformed{"metadata.malformed", 503, name::kUnavailable};
inline constexpr ErrorKind kMetadataIssuerMismatch{"metadata.issuer_mismatch", 503, name::kUnavailable};
inline constexpr ErrorKind kMetadataEndpointMissing{"metadata.endpoint_missing", 503, name::kUnavailable};
inline constexpr ErrorKind kMetadataEndpointRefused{"metadata.endpoint_refused", 503, name::kUnavailable};
inline constexpr ErrorKind kKeysUnavailable{"jwks.unavailable", 503, name::kUnavailable};

// The redirect back from the authorization endpoint.
inline constexpr ErrorKind kAuthorizationDenied{"authorization.denied", 401, name::kOther};
inline constexpr ErrorKind kAuthorizationFailed{"authorization.failed", 401, name::kOther};
inline constexpr ErrorKind kAuthorizationUnexpected{"authorization.unexpected", 400, name::kOther};
inline constexpr ErrorKind kAuthorizationDuplicateParameter{
    "authorization.duplicate_parameter", 400, name::kOther
};
inline constexpr ErrorKind kAuthorizationIssuerMismatch{
    "authorization.issuer_mismatch", 401, name::kAuthentication
};

// The token endpoint's verdicts. Of these only token.invalid_grant is about the session of one user.
inline constexpr ErrorKind kTokenInvalidGrant{"token.invalid_grant", 401, name::kAuthentication};
inline constexpr ErrorKind kTokenInteractionRequired{
    "token.interaction_required", 401, name::kAuthentication
};
inline constexpr ErrorKind kTokenInvalidClient{"token.invalid_client", 401, name::kAuthentication};
inline constexpr ErrorKind kTokenUnauthorizedClient{"token.unauthorized_client", 401, name::kAuthentication};
inline constexpr ErrorKind kTokenInvalidScope{"token.invalid_scope", 401, name::kAuthentication};
inline constexpr ErrorKind kTokenRefused{"token.refused", 401, name::kAuthentication};
// No verdict: the same request may succeed later.
inline constexpr ErrorKind kTokenUnavailable{"token.unavailable", 503, name::kUnavailable};
// The same, and the provider has said how long it wants to be left alone.
inline constexpr ErrorKind kTokenPaused{"token.paused", 503, name::kUnavailable};
inline constexpr ErrorKind kTokenMalformedResponse{"token.malformed_response", 503, name::kUnavailable};
inline constexpr ErrorKind kTokenUnsupportedType{"token.unsupported_type", 503, name::kUnavailable};

// One kind for each check of an id_token; those of its signature are in jose/errors.h.
inline constexpr ErrorKind kIdTokenIssuerMismatch{"id_token.issuer_mismatch", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenSubjectMissing{"id_token.subject_missing", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAudienceMismatch{"id_token.audience_mismatch", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAudienceUntrusted{
    "id_token.audience_untrusted", 401, name::kAuthentication
};
inline constexpr ErrorKind kIdTokenAuthorizedPartyMismatch{
    "id_token.authorized_party_mismatch", 401, name::kAuthentication
};
inline constexpr ErrorKind kIdTokenExpiryMissing{"id_token.expiry_missing", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenExpired{"id_token.expired", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenNotYetValid{"id_token.not_yet_valid", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenIssueTimeMissing{
    "id_token.issue_time_missing", 401, name::kAuthentication
};
inline constexpr ErrorKind kIdTokenIssuedInFuture{"id_token.issued_in_future", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenNonceMismatch{"id_token.nonce_mismatch", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAuthTimeMissing{"id_token.auth_time_missing", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAuthTimeTooOld{"id_token.auth_time_too_old", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAccessTokenHashMismatch{
    "id_token.at_hash_mismatch", 401, name::kAuthentication
};
inline constexpr ErrorKind kIdTokenSubjectChanged{"id_token.subject_changed", 401, name::kAuthentication};
inline constexpr ErrorKind kIdTokenAuthTimeChanged{"id_token.auth_time_changed", 401, name::kAuthentication};

inline constexpr ErrorKind kUserinfoInvalidToken{"userinfo.invalid_token", 401, name::kAuthentication};
inline constexpr ErrorKind kUserinfoRefused{"userinfo.refused", 401, name::kAuthentication};
inline constexpr ErrorKind kUserinfoUnavailable{"userinfo.unavailable", 503, name::kUnavailable};
inline constexpr ErrorKind kUserinfoMalformed{"userinfo.malformed_response", 503, name::kUnavailable};
inline constexpr ErrorKind kUserinfoSigned{"userinfo.signed_unsupported", 503, name::kUnavailable};
inline constexpr ErrorKind kUserinfoSubjectMismatch{"userinfo.subject_mismatch", 401, name::kAuthentication};

inline constexpr ErrorKind kRevocationUnavailable{"revocation.unavailable", 503, name::kUnavailable};
inline constexpr ErrorKind kRevocationRefused{"revocation.refused", 502, name::kOther};

}  // namespace stagedoor::oauth::errors
