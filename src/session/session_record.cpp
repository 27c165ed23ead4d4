#include "session/session_record.h"

#include "session/codec.h"

namespace stagedoor::session {

namespace {

constexpr std::uint64_t kVersionWithoutId = 1;
constexpr std::uint64_t kVersion = 2;

void write_optional(FieldWriter& fields, const std::optional<std::string>& value) {
    fields.number(value ? 1 : 0);
    if (value) fields.text(*value);
}
std::optional<std::string> read_optional(FieldReader& fields) {
    if (fields.number() == 0) return std::nullopt;
    return std::string(fields.text());
}

}  // namespace

std::string encode(const SessionRecord& record) {
    FieldWriter fields;
    fields.number(kVersion);
    fields.text(record.id);
    fields.number(static_cast<std::uint64_t>(record.kind));
    fields.text(record.credential.reveal());
    fields.text(record.granted_scope);
    fields.text(record.subject);
    fields.text(record.issuer);
    fields.text(record.sid);
    fields.number(record.generation);
    fields.time(record.created_at);
    fields.time(record.expires_at);
    write_optional(fields, record.profile.email);
    write_optional(fields, record.profile.picture);
    write_optional(fields, record.profile.display_name);
    fields.time(record.profile_read_at);
    return std::move(fields.out());
}

std::optional<SessionRecord> decode_session(std::string_view text) {
    FieldReader fields(text);
    const auto version = fields.number();
    if (version != kVersion && version != kVersionWithoutId) return std::nullopt;
    SessionRecord record;
    if (version == kVersion) record.id = fields.text();
    const auto kind = fields.number();
    if (kind > static_cast<std::uint64_t>(CredentialKind::access_token)) return std::nullopt;
    record.kind = static_cast<CredentialKind>(kind);
    record.credential = base::Secret(std::string(fields.text()));
    record.granted_scope = fields.text();
    record.subject = fields.text();
    record.issuer = fields.text();
    record.sid = fields.text();
    record.generation = fields.number();
    record.created_at = fields.time();
    record.expires_at = fields.time();
    record.profile.email = read_optional(fields);
    record.profile.picture = read_optional(fields);
    record.profile.display_name = read_optional(fields);
    record.profile_read_at = fields.time();
    if (!fields.complete() || record.credential.empty()) return std::nullopt;
    return record;
}

}  // namespace stagedoor::session
