#include "http/server/request_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace stagedoor::http {
namespace {

using Progress = RequestReader::Progress;

void put(RequestReader& reader, std::string_view bytes) {
    const auto space = reader.space();
    ASSERT_GE(space.size(), bytes.size());
    std::ranges::copy(bytes, space.data());
    reader.commit(bytes.size());
}

// What the reader makes of these bytes when they come in pieces that end at `cuts`: a line for each request,
// and the word "refused" if it ends so.
std::vector<std::string> requests_in(
    std::string_view bytes, const std::vector<std::size_t>& cuts, const Limits& limits
) {
    RequestReader reader(limits);
    std::vector<std::string> requests;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= cuts.size(); ++i) {
        const std::size_t end = i < cuts.size() ? cuts[i] : bytes.size();
        auto piece = bytes.substr(begin, end - begin);
        begin = end;
        while (!piece.empty()) {
            const auto size = std::min(piece.size(), reader.space().size());
            put(reader, piece.substr(0, size));
            piece.remove_prefix(size);
            for (;;) {
                const auto progress = reader.advance();
                if (!progress) {
                    requests.emplace_back("refused");
                    return requests;
                }
                if (*progress != Progress::complete) break;
                const Request& request = reader.request();
                std::string line(to_string(request.method));
                line.append(" ").append(request.path).append("?").append(request.query);
                for (const auto& field : request.fields)
                    line.append(" ").append(field.name).append("=").append(field.value);
                line.append("|").append(request.body).append(reader.keep_alive() ? "|open" : "|close");
                requests.push_back(line);
                reader.next();
                if (reader.empty()) break;
            }
        }
    }
    return requests;
}

const std::string kPipeline =
    "GET /a?b=c HTTP/1.1\r\nHost: a.example\r\n\r\n"
    "POST /form HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\n\r\nx=y&z"
    "\r\nPOST /chunks HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"
    "3;ext=1\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nHost: b.example\r\nX: y\r\n\r\n"
    "DELETE /last HTTP/1.0\r\nHost: [::1]:80\r\nCookie:  a=b; c=d \r\n\r\n";

const std::vector<std::string> kPipelined{
    "GET /a?b=c Host=a.example||open",
    "POST /form? Host=a.example Content-Length=5|x=y&z|open",
    // The Host field of the trailer is not one of the header.
    "POST /chunks? Host=a.example Transfer-Encoding=chunked|abc0123456789abcdef|open",
    "DELETE /last? Host=[::1]:80 Cookie=a=b; c=d||close",
};

TEST(RequestReader, ReadsRequestsThatComeAtOnce) {
    EXPECT_EQ(requests_in(kPipeline, {}, {}), kPipelined);
}

TEST(RequestReader, ReadsRequestsThatComeByteByByte) {
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < kPipeline.size(); ++i) cuts.push_back(i);
    EXPECT_EQ(requests_in(kPipeline, cuts, {}), kPipelined);
}

// Beast ends the process on this one if it is shown the pieces.
TEST(RequestReader, ReadsAnEmptyChunkedBodyThatComesByteByByte) {
    const std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    std::vector<std::size_t> cuts;
    for (std::size_t i = 1; i < bytes.size(); ++i) cuts.push_back(i);
    EXPECT_EQ(requests_in(bytes, cuts, {}).size(), 1U);
}

RC_GTEST_PROP(RequestReader, AnyCutGivesTheSameRequests, ()) {
    const std::vector<std::string> parts{
        "GET / HTTP/1.1\r\n",
        "POST /x HTTP/1.1\r\n",
        "Host: a\r\n",
        "Content-Length: 3\r\n",
        "abc",
        "Transfer-Encoding: chunked\r\n",
        "3\r\nabc\r\n",
        "0\r\n",
        "\r\n",
        "\n",
        "\r",
        " ",
        "A: b\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Connection: close\r\n",
        "A: " + std::string(60, 'a') + "\r\n",
    };
    std::string bytes;
    const auto chosen = *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(parts));
    for (const auto& part : chosen) bytes += part;
    auto cuts =
        *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
    std::ranges::sort(cuts);
    // Small enough that the buffer wraps.
    const Limits limits{.header_bytes = 300, .target_bytes = 100, .fields = 6, .body_bytes = 20};
    RC_ASSERT(requests_in(bytes, cuts, limits) == requests_in(bytes, {}, limits));
}

TEST(RequestReader, PipelinesLongerThanItsBuffer) {
    std::string bytes;
    for (int i = 0; i < 500; ++i) bytes += kPipeline.substr(0, kPipeline.find("DELETE"));
    const auto requests = requests_in(bytes, {}, {});
    ASSERT_EQ(requests.size(), 1500U);
    for (std::size_t i = 0; i < requests.size(); ++i) ASSERT_EQ(requests[i], kPipelined[i % 3]);
}

TEST(RequestReader, ABodyMayBeLargerThanItsBuffer) {
    const std::string body(60'000, 'b');
    const auto requests =
        requests_in("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n" + body + kPipeline, {}, {});
    ASSERT_EQ(requests.size(), 5U);
    EXPECT_EQ(requests[0], "POST /? Host=a Content-Length=60000|" + body + "|open");
    EXPECT_EQ(requests[4], kPipelined[3]);
}

TEST(RequestReader, TellsHowFarARequestHasCome) {
    const Limits limits;
    RequestReader reader(limits);
    put(reader, "\r\n");
    EXPECT_EQ(*reader.advance(), Progress::nothing);
    put(reader, "POST / HTTP/1.1\r\nHost: a\r\n");
    EXPECT_EQ(*reader.advance(), Progress::head);
    put(reader, "Content-Length: 2\r\n\r\n");
    EXPECT_EQ(*reader.advance(), Progress::body);
    put(reader, "a");
    EXPECT_EQ(*reader.advance(), Progress::body);
    put(reader, "bG");
    EXPECT_EQ(*reader.advance(), Progress::complete);
    EXPECT_EQ(reader.request().body, "ab");
    reader.next();
    EXPECT_FALSE(reader.empty());
    EXPECT_EQ(*reader.advance(), Progress::head);
    reader.clear();
    EXPECT_TRUE(reader.empty());
}

TEST(RequestReader, KnowsWhetherTheClientGoesOn) {
    const auto closes = [](std::string_view version, std::string_view line) {
        const std::string request =
            "GET / HTTP/" + std::string(version) + "\r\nHost: a\r\n" + std::string(line) + "\r\n";
        return requests_in(request, {}, {}).at(0).ends_with("|close");
    };
    EXPECT_FALSE(closes("1.1", ""));
    EXPECT_TRUE(closes("1.1", "Connection: close\r\n"));
    EXPECT_TRUE(closes("1.1", "Connection: x, CLOSE\r\n"));
    EXPECT_TRUE(closes("1.0", ""));
    EXPECT_FALSE(closes("1.0", "Connection: keep-alive\r\n"));
}

}  // namespace
}  // namespace stagedoor::http
