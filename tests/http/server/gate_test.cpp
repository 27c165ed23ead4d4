#include "http/server/gate.h"

#include "http/server/errors.h"
#include "http/server/request_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

namespace stagedoor::http {
namespace {

const Limits kLimits;

std::string with_bytes(RequestReader& reader, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto space = reader.space();
        const auto size = std::min(space.size(), bytes.size());
        std::copy_n(bytes.data(), size, space.data());
        reader.commit(size);
        bytes.remove_prefix(size);
        const auto progress = reader.advance();
        if (!progress) return std::string(progress.error().code());
        if (*progress == RequestReader::Progress::complete) return "accepted";
    }
    return "waiting";
}

// The server's verdict about the bytes of a request, Beast's parser included: "accepted", "waiting" or an
// error's code.
std::string verdict(std::string_view bytes, const Limits& limits = kLimits) {
    RequestReader reader(limits);
    return with_bytes(reader, bytes);
}

// A GET request with these lines added.
std::string get_with(std::string_view lines) {
    return "GET / HTTP/1.1\r\nHost: a.example\r\n" + std::string(lines) + "\r\n";
}

struct Case {
    const char* name;
    std::string bytes;
    std::string_view verdict;
};

void PrintTo(const Case& item, std::ostream* out) {
    *out << item.name;
}

class Gate : public testing::TestWithParam<Case> {};

TEST_P(Gate, Judges) {
    EXPECT_EQ(verdict(GetParam().bytes), GetParam().verdict);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Host,
    Gate,
    testing::Values(
        Case{"Name", get_with(""), "accepted"},
        Case{"NamePort", "GET / HTTP/1.1\r\nHost: a.example:7007\r\n\r\n", "accepted"},
        Case{"Underscore", "GET / HTTP/1.1\r\nhost: my_service\r\n\r\n", "accepted"},
        Case{"IPv4", "GET / HTTP/1.1\r\nHOST: 127.0.0.1:1\r\n\r\n", "accepted"},
        Case{"IPv6", "GET / HTTP/1.1\r\nHost: [::1]:7007\r\n\r\n", "accepted"},
        Case{"Absent", "GET / HTTP/1.1\r\n\r\n", "http.host_invalid"},
        Case{"AbsentInHttp10", "GET / HTTP/1.0\r\n\r\n", "http.host_invalid"},
        Case{"Two", get_with("Host: b.example\r\n"), "http.host_invalid"},
        Case{"TwoEqual", get_with("Host: a.example\r\n"), "http.host_invalid"},
        Case{"Empty", "GET / HTTP/1.1\r\nHost: \r\n\r\n", "http.host_invalid"},
        Case{"List", "GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", "http.host_invalid"},
        Case{"UserInfo", "GET / HTTP/1.1\r\nHost: a@b.example\r\n\r\n", "http.host_invalid"},
        Case{"Path", "GET / HTTP/1.1\r\nHost: a.example/b\r\n\r\n", "http.host_invalid"},
        Case{"Space", "GET / HTTP/1.1\r\nHost: a.example b\r\n\r\n", "http.host_invalid"},
        Case{"Percent", "GET / HTTP/1.1\r\nHost: a%2eexample\r\n\r\n", "http.host_invalid"},
        Case{"NotAscii", "GET / HTTP/1.1\r\nHost: \xc3\xa4.example\r\n\r\n", "http.host_invalid"},
        Case{"EmptyPort", "GET / HTTP/1.1\r\nHost: a.example:\r\n\r\n", "http.host_invalid"},
        Case{"LongPort", "GET / HTTP/1.1\r\nHost: a.example:123456\r\n\r\n", "http.host_invalid"},
        Case{"LetterInPort", "GET / HTTP/1.1\r\nHost: a.example:80a\r\n\r\n", "http.host_invalid"},
        Case{"OpenBracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "http.host_invalid"},
        Case{"BehindBracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", "http.host_invalid"}
    ),
    name_of
);

std::string post_with(std::string_view lines, std::string_view body, std::string_view version = "1.1") {
    return "POST /a HTTP/" + std::string(version) + "\r\nHost: a.example\r\n" + std::string(lines) + "\r\n" +
           std::string(body);
}

INSTANTIATE_TEST_SUITE_P(
    Framing,
    Gate,
    testing::Values(
        Case{"Length", post_with("Content-Length: 2\r\n", "ab"), "accepted"},
        Case{"Chunked", post_with("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n0\r\n\r\n"), "accepted"},
        Case{"ChunkedInCapitals", post_with("Transfer-Encoding: CHUNKED\r\n", "0\r\n\r\n"), "accepted"},
        Case{"NoBody", post_with("", ""), "accepted"},
        Case{
            "LengthTwice",
            post_with("Content-Length: 2\r\nContent-Length: 2\r\n", "ab"),
            "http.framing_invalid"
        },
        Case{
            "LengthsDiffer",
            post_with("Content-Length: 2\r\nContent-Length: 3\r\n", "ab"),
            "http.framing_invalid"
        },
        Case{"LengthList", post_with("Content-Length: 2, 2\r\n", "ab"), "http.framing_invalid"},
        Case{"LengthSigned", post_with("Content-Length: +2\r\n", "ab"), "http.framing_invalid"},
        Case{"LengthNegative", post_with("Content-Length: -2\r\n", "ab"), "http.framing_invalid"},
        Case{"LengthHex", post_with("Content-Length: 0x2\r\n", "ab"), "http.framing_invalid"},
        Case{"LengthEmpty", post_with("Content-Length: \r\n", ""), "http.framing_invalid"},
        Case{
            "LengthOverflow",
            post_with("Content-Length: 18446744073709551618\r\n", "ab"),
            "http.framing_invalid"
        },
        Case{
            "CodingAndLength",
            post_with("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n"),
            "http.framing_invalid"
        },
        Case{
            "LengthAndCoding",
            post_with("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            "http.framing_invalid"
        },
        Case{
            "LengthAndUnknownCoding",
            post_with("Transfer-Encoding: x\r\nContent-Length: 2\r\n", "ab"),
            "http.framing_invalid"
        },
        Case{
            "CodingTwice",
            post_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            "http.framing_invalid"
        },
        Case{
            "CodingOfHttp10",
            post_with("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "1.0"),
            "http.framing_invalid"
        },
        Case{
            "LookalikeCoding",
            post_with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
            "http.transfer_coding_unknown"
        },
        Case{
            "CodingList",
            post_with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
            "http.transfer_coding_unknown"
        },
        Case{
            "CodingListReversed",
            post_with("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"),
            "http.transfer_coding_unknown"
        },
        Case{
            "ChunkedTwiceInOne",
            post_with("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
            "http.transfer_coding_unknown"
        },
        Case{
            "CodingWithParameter",
            post_with("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n"),
            "http.transfer_coding_unknown"
        },
        Case{
            "CodingIdentity", post_with("Transfer-Encoding: identity\r\n", ""), "http.transfer_coding_unknown"
        },
        Case{"CodingEmpty", post_with("Transfer-Encoding: \r\n", ""), "http.transfer_coding_unknown"},
        Case{
            "CodingWithControl", post_with("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), "http.malformed"
        },
        Case{
            "CodingBehindSpace", post_with("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), "http.malformed"
        },
        Case{"BadChunkSize", post_with("Transfer-Encoding: chunked\r\n", "g\r\n\r\n"), "http.malformed"},
        Case{
            "ChunkTooLongForSize",
            post_with("Transfer-Encoding: chunked\r\n", "1\r\nab\r\n0\r\n\r\n"),
            "http.malformed"
        },
        Case{
            "ChunkSizeBareLf",
            post_with("Transfer-Encoding: chunked\r\n", "1\na\r\n0\r\n\r\n"),
            "http.malformed"
        },
        Case{
            "ChunkSizeOverflow",
            post_with("Transfer-Encoding: chunked\r\n", "10000000000000001\r\na\r\n0\r\n\r\n"),
            "http.malformed"
        }
    ),
    name_of
);

INSTANTIATE_TEST_SUITE_P(
    Lines,
    Gate,
    testing::Values(
        Case{"FoldedWithSpace", get_with("A: b\r\n c\r\n"), "http.field_folded"},
        Case{"FoldedWithTab", get_with("A: b\r\n\tc\r\n"), "http.field_folded"},
        Case{"FoldedEmpty", get_with("A: b\r\n \r\n"), "http.field_folded"},
        Case{"FoldedFirst", "GET / HTTP/1.1\r\n Host: a.example\r\n\r\n", "http.field_folded"},
        Case{"FoldedCoding", get_with("Transfer-Encoding:\r\n chunked\r\n"), "http.field_folded"},
        Case{"BareLf", "GET / HTTP/1.1\nHost: a.example\n\n", "http.malformed"},
        Case{"BareLfInFields", get_with("A: b\nC: d\r\n"), "http.malformed"},
        Case{"BareLfAtEnd", "GET / HTTP/1.1\r\nHost: a.example\r\n\n", "http.malformed"},
        Case{"BareCr", get_with("A: b\rC: d\r\n"), "http.malformed"},
        Case{"TwoCr", get_with("A: b\r\r\n"), "http.malformed"},
        Case{"Nul", get_with(std::string_view("A: b\0c\r\n", 8)), "http.malformed"},
        Case{"Control", get_with("A: b\x01\r\n"), "http.malformed"},
        Case{"SpaceBeforeColon", get_with("A : b\r\n"), "http.malformed"},
        Case{"NoColon", get_with("A\r\n"), "http.malformed"},
        Case{"NoName", get_with(": b\r\n"), "http.malformed"},
        Case{"SpaceInName", get_with("A b: c\r\n"), "http.malformed"},
        Case{"NotAsciiName", get_with("\xc3\xa4: c\r\n"), "http.malformed"},
        Case{"EmptyValue", get_with("A:\r\n"), "accepted"},
        Case{"OneEmptyLineBefore", "\r\n" + get_with(""), "accepted"},
        Case{"TwoEmptyLinesBefore", "\r\n\r\n" + get_with(""), "http.malformed"},
        Case{"LfBefore", "\n" + get_with(""), "http.malformed"},
        Case{"SpaceBefore", " " + get_with(""), "http.malformed"},
        Case{"Tls", std::string("\x16\x03\x01\x02\x00\n", 6), "http.malformed"}
    ),
    name_of
);

std::string request_line(std::string_view line) {
    return std::string(line) + "\r\nHost: a.example\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    RequestLine,
    Gate,
    testing::Values(
        Case{"Query", request_line("GET /a?b=c&d=%20 HTTP/1.1"), "accepted"},
        Case{"Head", request_line("HEAD / HTTP/1.1"), "accepted"},
        Case{"Post", request_line("POST / HTTP/1.1"), "accepted"},
        Case{"Put", request_line("PUT / HTTP/1.1"), "accepted"},
        Case{"Patch", request_line("PATCH / HTTP/1.1"), "accepted"},
        Case{"Delete", request_line("DELETE / HTTP/1.1"), "accepted"},
        Case{"Options", request_line("OPTIONS /a HTTP/1.1"), "accepted"},
        Case{"Http10", request_line("GET / HTTP/1.0"), "accepted"},
        Case{"Connect", request_line("CONNECT a.example:443 HTTP/1.1"), "http.method_not_allowed"},
        Case{"Trace", request_line("TRACE / HTTP/1.1"), "http.method_not_allowed"},
        Case{"Unknown", request_line("BREW / HTTP/1.1"), "http.method_unknown"},
        Case{"LowerCase", request_line("get / HTTP/1.1"), "http.method_unknown"},
        Case{"NoMethod", request_line(" / HTTP/1.1"), "http.malformed"},
        Case{"OptionsAsterisk", request_line("OPTIONS * HTTP/1.1"), "http.target_invalid"},
        Case{"AbsoluteForm", request_line("GET http://a.example/ HTTP/1.1"), "http.target_invalid"},
        Case{"Fragment", request_line("GET /a#b HTTP/1.1"), "http.target_invalid"},
        Case{"NoSlash", request_line("GET a HTTP/1.1"), "http.target_invalid"},
        Case{"NotAscii", request_line("GET /\xc3\xa4 HTTP/1.1"), "http.target_invalid"},
        Case{"NoTarget", request_line("GET  HTTP/1.1"), "http.malformed"},
        Case{"SpaceInTarget", request_line("GET /a b HTTP/1.1"), "http.malformed"},
        Case{"TabInTarget", request_line("GET /a\tb HTTP/1.1"), "http.malformed"},
        Case{"DeleteCharacter", request_line("GET /a\x7f HTTP/1.1"), "http.malformed"},
        Case{"Http09", "GET /\r\n\r\n", "http.malformed"},
        Case{"Http11WithZero", request_line("GET / HTTP/01.1"), "http.malformed"},
        Case{"Http12", request_line("GET / HTTP/1.2"), "http.version_unsupported"},
        Case{"Http2", request_line("GET / HTTP/2.0"), "http.version_unsupported"},
        Case{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "http.version_unsupported"},
        Case{"Expect", get_with("Expect: 100-continue\r\n"), "http.expectation_failed"},
        Case{"ExpectSomething", get_with("expect: x\r\n"), "http.expectation_failed"}
    ),
    name_of
);

TEST(GateLimits, TargetMayHaveItsLimitAndNotAByteMore) {
    const Limits limits{.target_bytes = 100};
    const std::string longest = "/" + std::string(99, 'a');
    EXPECT_EQ(verdict(request_line("GET " + longest + " HTTP/1.1"), limits), "accepted");
    EXPECT_EQ(verdict(request_line("GET " + longest + "a HTTP/1.1"), limits), "http.target_too_long");
    // Refused before its end has come.
    EXPECT_EQ(verdict("GET " + longest + std::string(100, 'a'), limits), "http.target_too_long");
}

TEST(GateLimits, HeaderMayHaveItsLimitAndNotAByteMore) {
    const Limits limits{.header_bytes = 200};
    const auto of_size = [](std::size_t size) {
        const auto rest = get_with("A: \r\n").size();
        return get_with("A: " + std::string(size - rest, 'a') + "\r\n");
    };
    ASSERT_EQ(of_size(200).size(), 200U);
    EXPECT_EQ(verdict(of_size(200), limits), "accepted");
    EXPECT_EQ(verdict(of_size(201), limits), "http.header_too_large");
    EXPECT_EQ(verdict(of_size(500).substr(0, 201), limits), "http.header_too_large");
    EXPECT_EQ(verdict(of_size(500).substr(0, 200), limits), "waiting");
}

TEST(GateLimits, FieldsMayBeAsManyAsTheLimitAndNotOneMore) {
    std::string lines;
    for (std::size_t i = 1; i < kLimits.fields; ++i) lines += "A: b\r\n";
    EXPECT_EQ(verdict(get_with(lines)), "accepted");
    EXPECT_EQ(verdict(get_with(lines + "A: b\r\n")), "http.too_many_fields");
}

TEST(GateLimits, BodyMayHaveItsLimitAndNotAByteMore) {
    const Limits limits{.body_bytes = 1000};
    const std::string body(1001, 'b');
    EXPECT_EQ(verdict(post_with("Content-Length: 1000\r\n", body.substr(1)), limits), "accepted");
    EXPECT_EQ(verdict(post_with("Content-Length: 1001\r\n", ""), limits), "http.body_too_large");
    const auto chunked = [&](const std::string& chunks) {
        return verdict(post_with("Transfer-Encoding: chunked\r\n", chunks), limits);
    };
    const std::string half = "1f4\r\n" + std::string(500, 'b') + "\r\n";
    EXPECT_EQ(chunked(half + half + "0\r\n\r\n"), "accepted");
    EXPECT_EQ(chunked(half + half + "1\r\n"), "http.body_too_large");
    EXPECT_EQ(chunked("ffffffffffffffff\r\n"), "http.body_too_large");
}

TEST(GateLimits, ChunkLinesAndTrailerAreLimited) {
    const auto chunked = [](const std::string& chunks) {
        return verdict(post_with("Transfer-Encoding: chunked\r\n", chunks));
    };
    EXPECT_EQ(chunked("1;a=b\r\nx\r\n0\r\nA: b\r\n\r\n"), "accepted");
    EXPECT_EQ(chunked("1;" + std::string(9000, 'a') + "\r\nx\r\n0\r\n\r\n"), "http.body_too_large");
    EXPECT_EQ(chunked("1;" + std::string(9000, 'a')), "http.body_too_large");
    EXPECT_EQ(chunked("0\r\nA: " + std::string(9000, 'a') + "\r\n\r\n"), "http.body_too_large");
    EXPECT_EQ(chunked("0\r\nA: " + std::string(9000, 'a')), "http.body_too_large");
    std::string small_chunks;
    for (int i = 0; i < 2000; ++i) small_chunks += "1\r\nx\r\n";
    EXPECT_EQ(chunked(small_chunks), "http.body_too_large");
}

}  // namespace
}  // namespace stagedoor::http
