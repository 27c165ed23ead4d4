#include "session/session_record.h"

#include "session/answer.h"
#include "session/codec.h"

#include "check.h"
#include "targets.h"

namespace stagedoor::fuzz {

namespace {

void read_fields(std::string_view input) {
    session::FieldReader fields(input);
    std::size_t read = 0;
    while (fields.ok() && !fields.complete()) read += fields.text().size();
    require(read <= input.size(), "fields are no longer than what they are read from");
    require(fields.text().empty() && fields.number() == 0, "there is nothing behind the end");
}

}  // namespace

void session_record(std::string_view input) {
    read_fields(input);
    if (const auto answers = session::decode_answers(input)) {
        require(answers->size() <= session::kMaxAnswers, "a session has so many answers at most");
        require(
            session::decode_answers(session::encode(*answers)) == answers,
            "answers are written and read without loss"
        );
    }
    const auto record = session::decode_session(input);
    if (!record) return;
    require(!record->credential.empty(), "a session has a credential");
    require(
        session::decode_session(session::encode(*record)) == record,
        "a record is written and read without loss"
    );
}

}  // namespace stagedoor::fuzz
