#include "session/answer.h"

#include "session/codec.h"

#include <algorithm>

namespace stagedoor::session {

namespace {

constexpr std::uint64_t kVersion = 1;

bool has_ended(const Answer& answer, base::SystemTime now) {
    return answer.expires_at && *answer.expires_at <= now;
}

// To the millisecond: what is left of a token's life is told in seconds, and should not lose one on the way.
void write_time(FieldWriter& fields, base::SystemTime time) {
    fields.number(static_cast<std::uint64_t>(time.time_since_epoch().count()));
}
base::SystemTime read_time(FieldReader& fields) {
    constexpr std::uint64_t kLatest = 1ULL << 50;
    const auto milliseconds = std::min(fields.number(), kLatest);
    return base::SystemTime(std::chrono::milliseconds(static_cast<std::int64_t>(milliseconds)));
}

void write_time(FieldWriter& fields, const std::optional<base::SystemTime>& time) {
    fields.number(time ? 1 : 0);
    if (time) write_time(fields, *time);
}
std::optional<base::SystemTime> read_optional_time(FieldReader& fields) {
    if (fields.number() == 0) return std::nullopt;
    return read_time(fields);
}

void write(FieldWriter& fields, const Answer& answer) {
    fields.text(answer.variant);
    fields.text(answer.access_token.reveal());
    fields.number(answer.id_token ? 1 : 0);
    if (answer.id_token) fields.text(*answer.id_token);
    write_time(fields, answer.made_at);
    write_time(fields, answer.expires_at);
    write_time(fields, answer.complete_until);
    fields.text(answer.scope);
}

Answer read(FieldReader& fields) {
    Answer answer;
    answer.variant = fields.text();
    answer.access_token = base::Secret(std::string(fields.text()));
    if (fields.number() != 0) answer.id_token = std::string(fields.text());
    answer.made_at = read_time(fields);
    answer.expires_at = read_optional_time(fields);
    answer.complete_until = read_optional_time(fields);
    answer.scope = fields.text();
    return answer;
}

}  // namespace

void remember(std::vector<Answer>& answers, Answer answer, base::SystemTime now) {
    std::erase_if(answers, [&](const Answer& each) {
        return each.variant == answer.variant || has_ended(each, now);
    });
    answers.insert(answers.begin(), std::move(answer));
    if (answers.size() > kMaxAnswers) answers.resize(kMaxAnswers);
}

const Answer* find_variant(const std::vector<Answer>& answers, std::string_view variant) {
    const auto found = std::ranges::find(answers, variant, &Answer::variant);
    return found == answers.end() ? nullptr : &*found;
}

std::string encode(const std::vector<Answer>& answers) {
    FieldWriter fields;
    fields.number(kVersion);
    fields.number(answers.size());
    for (const auto& answer : answers) write(fields, answer);
    return std::move(fields.out());
}

std::optional<std::vector<Answer>> decode_answers(std::string_view text) {
    FieldReader fields(text);
    if (fields.number() != kVersion) return std::nullopt;
    const auto count = fields.number();
    if (count > kMaxAnswers) return std::nullopt;
    std::vector<Answer> answers;
    answers.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) answers.push_back(read(fields));
    if (!fields.complete()) return std::nullopt;
    return answers;
}

}  // namespace stagedoor::session
