#include "oauth/token_response.h"

#include "base/encoding.h"

#include "check.h"
#include "targets.h"
#include <algorithm>
#include <charconv>

namespace stagedoor::fuzz {

namespace {

http::ClientResponse answer_of(std::string_view input) {
    const auto [line, body] = split_line(input);
    const auto space = std::min(line.find(' '), line.size());
    http::ClientResponse response;
    response.status = 200;
    int status = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + space, status);
    if (parsed.ec == std::errc() && status >= 100 && status <= 599) response.status = status;
    const auto type = line.substr(std::min(space + 1, line.size()));
    if (!type.empty()) response.fields.push_back({"Content-Type", std::string(type)});
    response.body = body;
    return response;
}

void judge(const base::Error& error) {
    require(error.status() == 401 || error.status() == 503, "a failure is a verdict or worth another try");
    require((error.status() == 503) == error.retry_after().has_value(), "another try has its time");
    require(base::is_utf8(error.message()) && error.message().size() < 1000, "a message is short text");
    require(
        std::ranges::none_of(error.message(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }),
        "a message has no control characters"
    );
}

}  // namespace

void token_response(std::string_view input) {
    const auto answer = answer_of(input);
    const auto token = oauth::process_token_response(answer, base::from_unix_seconds(1'800'000'000));
    if (!token) return judge(token.error());
    require(answer.status >= 200 && answer.status <= 299, "only a success has tokens");
    require(!token->access_token.empty(), "there is an access token");
    require(
        !token->expires_in ||
            (token->expires_in->count() >= 0 && token->expires_in->count() <= 3650LL * 86400),
        "an expiry is within ten years"
    );
}

}  // namespace stagedoor::fuzz
