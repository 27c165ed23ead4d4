#include "http/server/response_writer.h"

#include "http/server/errors.h"

#include <gtest/gtest.h>

#include <string>

namespace stagedoor::http {
namespace {

const ResponseContext kContext{.date = "Sun, 06 Nov 1994 08:49:37 GMT", .request_id = "id"};

std::string written(const Response& response, const ResponseContext& context = kContext) {
    std::string out;
    const auto result = write_response(response, context, out);
    return result ? out : std::string(result.error().code());
}

TEST(ResponseWriter, WritesTheWholeAnswer) {
    Response response;
    response.add("Content-Type", "text/plain");
    response.add("Set-Cookie", "a=b");
    response.add("Set-Cookie", "c=d");
    response.body = "hello";
    EXPECT_EQ(
        written(response),
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: id\r\nContent-Type: "
        "text/plain\r\n"
        "Set-Cookie: a=b\r\nSet-Cookie: c=d\r\nContent-Length: 5\r\n\r\nhello"
    );
}

TEST(ResponseWriter, AppendsToWhatIsThere) {
    std::string out = "before";
    ASSERT_TRUE(write_response({}, kContext, out));
    EXPECT_TRUE(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
}

TEST(ResponseWriter, SaysWhatBecomesOfTheConnection) {
    auto context = kContext;
    EXPECT_EQ(written({}, context).find("Connection"), std::string::npos);
    context.announce_keep_alive = true;
    EXPECT_NE(written({}, context).find("\r\nConnection: keep-alive\r\n"), std::string::npos);
    context.announce_keep_alive = false;
    context.close = true;
    EXPECT_NE(written({}, context).find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(ResponseWriter, AnswersToHeadHaveALengthAndNoBody) {
    auto context = kContext;
    context.without_body = true;
    Response response;
    response.body = "hello";
    EXPECT_TRUE(written(response, context).ends_with("Content-Length: 5\r\n\r\n"));
}

TEST(ResponseWriter, NoContentAndNotModifiedHaveNeitherLengthNorBody) {
    for (const int status : {204, 304}) {
        Response response;
        response.status = status;
        response.body = "hello";
        const auto text = written(response);
        EXPECT_EQ(text.find("Content-Length"), std::string::npos);
        EXPECT_TRUE(text.ends_with("\r\n\r\n"));
    }
}

TEST(ResponseWriter, RefusesWhatCouldSplitTheAnswer) {
    using std::string_view_literals::operator""sv;
    for (const auto value :
         {"a\r\nSet-Cookie: b"sv, "a\nb"sv, "a\rb"sv, "a\0b"sv, "\r\n\r\n<html>"sv, "a\x7f"sv, "\x1b[m"sv}) {
        Response response;
        response.add("Location", value);
        EXPECT_EQ(written(response), "http.response_invalid");
    }
    for (const auto name : {""sv, "A:"sv, "A\r\nB"sv, "A B"sv, "A\0"sv, "\xc3\xa4"sv}) {
        Response response;
        response.add(name, "a");
        EXPECT_EQ(written(response), "http.response_invalid");
    }
}

TEST(ResponseWriter, RefusesTheFieldsOfTheServer) {
    for (const auto* name :
         {"Content-Length", "transfer-encoding", "CONNECTION", "Date", "X-Request-Id", "Keep-Alive"}) {
        Response response;
        response.add(name, "1");
        EXPECT_EQ(written(response), "http.response_invalid") << name;
    }
}

TEST(ResponseWriter, RefusesAStatusThatIsNoAnswer) {
    for (const int status : {-1, 0, 100, 101, 199, 600, 1000}) {
        Response response;
        response.status = status;
        EXPECT_EQ(written(response), "http.response_invalid") << status;
    }
}

TEST(ResponseWriter, LeavesNothingOfARefusedAnswer) {
    std::string out = "before";
    Response response;
    response.add("A", "b");
    response.add("C", "\n");
    const auto result = write_response(response, kContext, out);
    ASSERT_FALSE(result);
    EXPECT_EQ(out, "before");
    EXPECT_NE(result.error().detail().find('C'), std::string::npos);
}

TEST(ResponseWriter, KeepsTextThatIsNotAsciiAndTabs) {
    Response response;
    response.add("A", "\tb \xc3\xa4");
    EXPECT_NE(written(response).find("A: \tb \xc3\xa4\r\n"), std::string::npos);
}

TEST(ErrorResponse, HasTheBodyThatTheBrowserKnows) {
    const auto response =
        error_response(base::Error(errors::kHostInvalid, "say \"host\"").with_detail("secret"));
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.field("Content-Type"), "application/json; charset=utf-8");
    EXPECT_EQ(
        response.body,
        R"({"error":{"name":"InputError","message":"say \"host\""},"response":{"statusCode":400}})"
    );
    EXPECT_EQ(response.error_code, "http.host_invalid");
    EXPECT_EQ(response.field("Allow"), "");
}

TEST(ErrorResponse, TellsTheMethodsThatAreAllowed) {
    EXPECT_EQ(
        error_response(base::Error(errors::kMethodNotAllowed, "no")).field("Allow"),
        "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
    );
}

// RFC 9110, section 5.6.7.
TEST(DateCache, FormatsTheDateOfTheStandard) {
    DateCache date;
    EXPECT_EQ(date.at(base::from_unix_seconds(784'111'777)), "Sun, 06 Nov 1994 08:49:37 GMT");
    EXPECT_EQ(
        date.at(base::from_unix_seconds(784'111'777) + std::chrono::milliseconds(999)),
        "Sun, 06 Nov 1994 08:49:37 GMT"
    );
    EXPECT_EQ(date.at(base::from_unix_seconds(784'111'778)), "Sun, 06 Nov 1994 08:49:38 GMT");
    EXPECT_EQ(date.at(base::from_unix_seconds(0)), "Thu, 01 Jan 1970 00:00:00 GMT");
    EXPECT_EQ(date.at(base::from_unix_seconds(1'709'164'800)), "Thu, 29 Feb 2024 00:00:00 GMT");
}

}  // namespace
}  // namespace stagedoor::http
