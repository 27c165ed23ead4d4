#include "oauth/provider_answer.h"

#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

using std::chrono::seconds;

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110, section 5.6.7.
const auto kNow = base::from_unix_seconds(784111777);

seconds wait_for(std::string_view value, base::SystemTime now = kNow) {
    http::ClientResponse response;
    response.fields.push_back({"Retry-After", std::string(value)});
    return retry_after(response, now);
}

TEST(RetryAfter, Seconds) {
    EXPECT_EQ(wait_for("120"), seconds(120));
    EXPECT_EQ(wait_for("0"), seconds(1));
}

TEST(RetryAfter, Date) {
    EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:49:37 GMT", kNow - seconds(30)), seconds(30));
    EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:50:37 GMT"), seconds(60));
    EXPECT_EQ(wait_for("Sun, 06 Nov 1994 08:49:37 GMT", kNow + seconds(30)), seconds(1)) << "in the past";
    EXPECT_EQ(wait_for("Thu, 29 Feb 2024 00:00:10 GMT", base::from_unix_seconds(1709164800)), seconds(10));
}

TEST(RetryAfter, IsCapped) {
    EXPECT_EQ(wait_for("86400"), kMaxRetryAfter);
    EXPECT_EQ(wait_for("9223372036854775807"), kMaxRetryAfter);
    EXPECT_EQ(wait_for("Fri, 31 Dec 9999 23:59:59 GMT"), kMaxRetryAfter);
}

TEST(RetryAfter, HasADefault) {
    EXPECT_EQ(retry_after({}, kNow), kDefaultRetryAfter);
    for (const auto* value : {
             "",
             "soon",
             "-1",
             "+5",
             "1.5",
             " 5",
             "99999999999999999999",
             "Sunday, 06-Nov-94 08:49:37 GMT",
             "Sun, 06 Foo 1994 08:49:37 GMT",
             "Sun, 31 Feb 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 24:00:00 GMT",
             "Sun, -6 Nov 1994 08:49:37 GMT",
             "Sun, 06 Nov 1994 08:49:37 UTC",
         }) {
        EXPECT_EQ(wait_for(value), kDefaultRetryAfter) << value;
    }
}

TEST(MediaType, IsLowerCaseAndWithoutParameters) {
    const auto of = [](std::string_view value) {
        http::ClientResponse response;
        response.fields.push_back({"content-type", std::string(value)});
        return media_type(response);
    };
    EXPECT_EQ(of("application/json"), "application/json");
    EXPECT_EQ(of("Application/JSON ; charset=utf-8"), "application/json");
    EXPECT_EQ(of(""), "");
    EXPECT_EQ(media_type({}), "");
}

TEST(IsTransient, IsAboutTheStatus) {
    for (const int status : {408, 429, 500, 502, 503, 504, 599}) EXPECT_TRUE(is_transient(status)) << status;
    for (const int status : {200, 302, 400, 401, 403, 404, 409}) EXPECT_FALSE(is_transient(status)) << status;
}

}  // namespace
}  // namespace stagedoor::oauth
