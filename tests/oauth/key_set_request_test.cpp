#include "oauth/key_set_request.h"

#include "jose/errors.h"
#include "oauth/errors.h"

#include <gtest/gtest.h>

namespace stagedoor::oauth {
namespace {

const auto kNow = base::from_unix_seconds(1'800'000'000);

http::ClientResponse answer(int status, std::string body) {
    http::ClientResponse response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

TEST(KeySetRequest, IsABoundedGet) {
    const auto request = key_set_request("https://idp.example/jwks");
    EXPECT_EQ(request.method, http::Method::get);
    EXPECT_EQ(request.url, "https://idp.example/jwks");
    EXPECT_EQ(request.max_response_bytes, 256U * 1024);
}

TEST(KeySetResponse, GivesTheKeys) {
    const auto keys = process_key_set_response(
        answer(
            200,
            R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})"
        ),
        kNow
    );
    EXPECT_TRUE(keys.value().contains("k"));
}

TEST(KeySetResponse, AnyOtherStatusIsUnavailable) {
    for (const int status : {302, 404, 500}) {
        EXPECT_TRUE(process_key_set_response(answer(status, R"({"keys":[]})"), kNow)
                        .error()
                        .is(errors::kKeysUnavailable));
    }
    EXPECT_TRUE(process_key_set_response(answer(200, "<html>"), kNow).error().is(jose::errors::kKeySetInvalid)
    );
}

}  // namespace
}  // namespace stagedoor::oauth
