#include "session/session_record.h"

#include "session/codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace stagedoor::session {
namespace {

SessionRecord sample() {
    SessionRecord record;
    record.id = "session-1";
    record.credential = base::Secret("refresh-token");
    record.granted_scope = "openid email";
    record.subject = "alice";
    record.issuer = "https://idp.example";
    record.sid = "sid-1";
    record.generation = 7;
    record.created_at = base::from_unix_seconds(1'800'000'000);
    record.expires_at = base::from_unix_seconds(1'900'000'000);
    record.profile = {.email = "a@example.com", .picture = {}, .display_name = "Alice"};
    record.profile_read_at = record.created_at;
    return record;
}

TEST(SessionRecord, IsReadAsItWasWritten) {
    const auto record = sample();
    EXPECT_EQ(decode_session(encode(record)), record);
}

TEST(SessionRecord, ARecordOf40KiBIsNoDifferent) {
    auto record = sample();
    record.credential = base::Secret(std::string(40 * 1024, 'x'));
    EXPECT_EQ(decode_session(encode(record)), record);
}

TEST(SessionRecord, ATextThatIsCutAnywhereIsRefused) {
    const auto text = encode(sample());
    for (std::size_t size = 0; size < text.size(); ++size)
        EXPECT_FALSE(decode_session(text.substr(0, size))) << size;
    EXPECT_FALSE(decode_session(text + "x"));
}

TEST(SessionRecord, WithoutACredentialItIsNone) {
    auto record = sample();
    record.credential = base::Secret();
    EXPECT_FALSE(decode_session(encode(record)));
}

TEST(SessionRecord, AnyBytesAreReadOrRefused) {
    EXPECT_TRUE(rc::check("decode_session never reads past the end", [](const std::string& bytes) {
        static_cast<void>(decode_session(bytes));
        static_cast<void>(decode_session("\x01" + bytes));
    }));
}

TEST(Codec, NumbersAndTextsRoundTrip) {
    EXPECT_TRUE(rc::check(
        "what a FieldWriter writes, a FieldReader reads",
        [](std::uint64_t number, const std::string& text) {
            FieldWriter writer;
            writer.number(number);
            writer.text(text);
            writer.number(number >> 1U);
            FieldReader reader(writer.out());
            RC_ASSERT(reader.number() == number);
            RC_ASSERT(reader.text() == text);
            RC_ASSERT(reader.number() == number >> 1U);
            RC_ASSERT(reader.complete());
        }
    ));
}

TEST(Codec, ATimeIsReadAsItWasWritten) {
    const auto time = base::from_unix_seconds(1'800'000'000);
    FieldWriter writer;
    writer.time(time);
    FieldReader reader(writer.out());
    EXPECT_EQ(reader.time(), time);
    EXPECT_TRUE(reader.complete());
}

TEST(Codec, ATimeWhoseMillisecondsWouldOverflowIsRefused) {
    for (const std::uint64_t seconds : {1ULL << 40U, ~0ULL >> 1U, ~0ULL}) {
        FieldWriter writer;
        writer.number(seconds);
        FieldReader reader(writer.out());
        EXPECT_EQ(reader.time(), base::SystemTime());
        EXPECT_FALSE(reader.complete());
    }
}

TEST(Codec, ANumberOfMoreThan64BitsIsRefused) {
    FieldReader reader("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f");
    EXPECT_EQ(reader.number(), 0U);
    EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace stagedoor::session
