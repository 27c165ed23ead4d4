#include "flow/session_update.h"

#include "crypto/digest.h"
#include "flow/refresh_outcome.h"

namespace stagedoor::flow {

namespace {

session::CredentialKind kind_of(const provider::Grant& grant) {
    return grant.credential_is_access_token ? session::CredentialKind::access_token
                                            : session::CredentialKind::refresh_token;
}

}  // namespace

std::string flight_key(
    std::string_view provider, std::string_view environment, const base::Secret& credential
) {
    std::string text;
    text.append(provider).append("\n").append(environment).append("\n").append(credential.reveal());
    auto key = crypto::sha256(text);
    base::wipe(text);
    return key;
}

std::optional<session::SessionRecord> begin_session(
    const provider::Grant& grant, const provider::Settings& settings, base::SystemTime now
) {
    if (!grant.credential) return std::nullopt;
    session::SessionRecord record;
    record.credential = *grant.credential;
    record.kind = kind_of(grant);
    record.granted_scope = grant.scope.to_string();
    record.subject = grant.subject;
    record.issuer = grant.issuer;
    record.sid = grant.sid;
    record.generation = 1;
    // Records keep whole seconds.
    record.created_at = std::chrono::floor<std::chrono::seconds>(now);
    record.expires_at = record.created_at + settings.session_duration;
    if (grant.profile) {
        record.profile = *grant.profile;
        record.profile_read_at = record.created_at;
    }
    return record;
}

session::SessionRecord renew_session(
    session::SessionRecord record,
    const provider::Grant& grant,
    const provider::Settings& settings,
    base::SystemTime now
) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    if (grant.credential && *grant.credential != record.credential) {
        record.credential = *grant.credential;
        record.kind = kind_of(grant);
        ++record.generation;
        record.expires_at = seconds + settings.session_duration;
    }
    const auto granted = oauth::ScopeSet::parse(record.granted_scope);
    const auto now_granted = grant.scope_is_complete ? grant.scope : granted.merge(grant.scope);
    // Its order means nothing: a record that differs in it alone is not worth a new cookie.
    if (!(granted == now_granted)) record.granted_scope = now_granted.to_string();
    if (record.subject.empty()) record.subject = grant.subject;
    if (record.issuer.empty()) record.issuer = grant.issuer;
    if (!grant.sid.empty()) record.sid = grant.sid;
    if (grant.profile) {
        const bool was_fresh = now - record.profile_read_at < settings.profile_max_age;
        // Not at every refresh: a profile that came along unchanged needs no new cookie while it is fresh
        // anyway.
        if (!was_fresh || !(record.profile == *grant.profile)) record.profile_read_at = seconds;
        record.profile = *grant.profile;
    }
    return record;
}

}  // namespace stagedoor::flow
