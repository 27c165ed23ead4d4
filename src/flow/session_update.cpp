#include "flow/session_update.h"

#include "session/session_id.h"

namespace stagedoor::flow {

namespace {

session::CredentialKind kind_of(const provider::Grant& grant) {
    return grant.credential_is_access_token ? session::CredentialKind::access_token
                                            : session::CredentialKind::refresh_token;
}

}  // namespace

session::Lifetime lifetime_of(const provider::Settings& settings) {
    return {
        .duration = settings.session_duration,
        .idle = settings.session_idle_limit,
        .absolute = settings.session_absolute_limit,
    };
}

std::optional<session::SessionRecord> begin_session(
    const provider::Grant& grant,
    const provider::Settings& settings,
    base::SystemTime now,
    base::Random& random
) {
    if (!grant.credential) return std::nullopt;
    session::SessionRecord record;
    record.id = session::make_session_id(random);
    record.credential = *grant.credential;
    record.kind = kind_of(grant);
    record.granted_scope = grant.scope.to_string();
    record.subject = grant.subject;
    record.issuer = grant.issuer;
    record.sid = grant.sid;
    record.generation = 1;
    // Records keep whole seconds.
    record.created_at = std::chrono::floor<std::chrono::seconds>(now);
    record.expires_at = lifetime_of(settings).end(record.created_at, now);
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
    const auto lifetime = lifetime_of(settings);
    if (grant.credential && *grant.credential != record.credential) {
        record.credential = *grant.credential;
        record.kind = kind_of(grant);
        ++record.generation;
        record.expires_at = lifetime.end(record.created_at, now);
    } else if (lifetime.is_due(record.created_at, record.expires_at, now)) {
        record.expires_at = lifetime.end(record.created_at, now);
    }
    if (grant.defect) return record;
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
