#include "http/message.h"

#include <gtest/gtest.h>

#include <array>

namespace stagedoor::http {
namespace {

TEST(Message, MethodsHaveTheirNamesOnTheWire) {
    EXPECT_EQ(to_string(Method::get), "GET");
    EXPECT_EQ(to_string(Method::head), "HEAD");
    EXPECT_EQ(to_string(Method::post), "POST");
    EXPECT_EQ(to_string(Method::put), "PUT");
    EXPECT_EQ(to_string(Method::patch), "PATCH");
    EXPECT_EQ(to_string(Method::delete_), "DELETE");
    EXPECT_EQ(to_string(Method::options), "OPTIONS");
}

TEST(Message, FieldNamesOfARequestAreComparedWithoutCase) {
    const std::array<FieldView, 3> fields{
        {{"Cookie", "a=1"}, {"ORIGIN", "https://a.example"}, {"cookie", "b=2"}}
    };
    Request request;
    request.fields = fields;
    EXPECT_EQ(request.field("origin"), "https://a.example");
    EXPECT_EQ(request.field("COOKIE"), "a=1");
    EXPECT_EQ(request.field("cooki"), "");
    EXPECT_EQ(request.count("Cookie"), 2U);
    EXPECT_EQ(request.count("host"), 0U);
}

TEST(Message, SettingAFieldLeavesOneOfItsName) {
    Response response;
    response.add("Vary", "Origin");
    response.add("Set-Cookie", "a=1");
    response.add("vary", "Cookie");
    response.set("VARY", "*");
    ASSERT_EQ(response.fields.size(), 2U);
    EXPECT_EQ(response.fields[0].value, "*");
    EXPECT_EQ(response.fields[1].value, "a=1");
    response.set("Location", "/");
    EXPECT_EQ(response.field("location"), "/");
    EXPECT_EQ(response.field("etag"), "");
}

}  // namespace
}  // namespace stagedoor::http
