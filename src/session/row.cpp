#include "session/row.h"

#include "session/codec.h"
#include "session/errors.h"

#include <algorithm>

namespace stagedoor::session {

namespace {

std::string seal(
    const crypto::KeyRing& keys,
    const crypto::SealContext& context,
    std::string plaintext,
    base::Random& random
) {
    auto sealed = keys.seal(context, plaintext, random);
    base::wipe(plaintext);
    return sealed;
}

crypto::SealContext record_context(std::string_view provider, std::string_view environment) {
    return {.purpose = "stored session", .provider = provider, .environment = environment};
}
crypto::SealContext answers_context(std::string_view provider, std::string_view environment) {
    return {.purpose = "stored answers", .provider = provider, .environment = environment};
}

// What a row has besides the record, bound to the session: that of another row is not taken for its own.
std::string encode_rest(const RowContent& content, std::string_view id) {
    FieldWriter fields;
    fields.text(id);
    fields.number(content.retired_at ? 1 : 0);
    if (content.retired_at) fields.time(*content.retired_at);
    auto answers = encode(content.answers);
    fields.text(answers);
    base::wipe(answers);
    return std::move(fields.out());
}

void decode_rest(RowContent& content, std::string_view text) {
    FieldReader fields(text);
    if (fields.text() != content.record.id) return;
    const bool is_retired = fields.number() != 0;
    const auto retired_at = is_retired ? fields.time() : base::SystemTime();
    auto answers = decode_answers(fields.text());
    if (!fields.complete() || !answers) return;
    if (is_retired) content.retired_at = retired_at;
    content.answers = std::move(*answers);
}

std::string user_of(const SessionRecord& record) {
    return record.profile.email.value_or(record.profile.display_name.value_or(""));
}

}  // namespace

StoredSession make_row(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const SessionRecord& record,
    base::SystemTime now,
    base::Random& random
) {
    return {
        .id = record.id,
        .provider = std::string(provider),
        .environment = std::string(environment),
        .subject = record.subject,
        .user = user_of(record),
        .created_at = record.created_at,
        .used_at = now,
        .expires_at = record.expires_at,
        .version = 0,
        .record = seal(keys, record_context(provider, environment), encode(record), random),
        .answers = {},
        .ended = {},
    };
}

Commit make_commit(
    const crypto::KeyRing& keys,
    const StoredSession& row,
    std::uint64_t fence,
    const RowContent& content,
    base::Random& random
) {
    return {
        .id = row.id,
        .fence = fence,
        .subject = content.record.subject,
        .user = user_of(content.record),
        .expires_at = content.record.expires_at,
        .record = seal(keys, record_context(row.provider, row.environment), encode(content.record), random),
        .answers =
            seal(keys, answers_context(row.provider, row.environment), encode_rest(content, row.id), random),
    };
}

base::Result<RowContent> open_row(const crypto::KeyRing& keys, const StoredSession& row) {
    auto opened = keys.open(record_context(row.provider, row.environment), row.record);
    if (!opened) {
        return base::fail(base::Error(errors::kSessionInvalid, "Invalid session")
                              .with_detail("the stored row can't be opened")
                              .caused_by(std::move(opened.error())));
    }
    auto record = decode_session(opened->plaintext.reveal());
    if (!record || record->id != row.id) {
        return base::fail(base::Error(errors::kSessionInvalid, "Invalid session")
                              .with_detail("the stored row is of another session"));
    }
    RowContent content{
        .record = std::move(*record), .answers = {}, .retired_at = {}, .newest_key = opened->newest_key
    };
    // It may have been moved on without a change of the record.
    content.record.expires_at = std::max(content.record.expires_at, row.expires_at);
    if (row.answers.empty()) return content;
    const auto answers = keys.open(answers_context(row.provider, row.environment), row.answers);
    if (!answers) return content;
    decode_rest(content, answers->plaintext.reveal());
    return content;
}

}  // namespace stagedoor::session
