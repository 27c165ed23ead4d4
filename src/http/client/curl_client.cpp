#include "http/client/curl_client.h"

#include "base/encoding.h"
#include "base/url.h"
#include "http/client/address.h"
#include "http/client/curl_engine.h"
#include "http/client/curl_transfer.h"
#include "http/errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace stagedoor::http {
namespace {

// These decide where a message ends and who gets it: the connection's business, and a way to smuggle a second
// request if a caller's value could change them.
constexpr std::array<std::string_view, 9> kConnectionFields{
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
};

// tchar (RFC 9110, section 5.6.2).
bool is_token_character(char c) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
}

base::Result<void> check_field(const Field& field) {
    if (field.name.empty() || !std::ranges::all_of(field.name, is_token_character)) {
        return base::fail(errors::kClientRequestInvalid, "a field name is not a token");
    }
    const auto is_same = [&](std::string_view name) { return base::equal_ignoring_case(field.name, name); };
    if (std::ranges::any_of(kConnectionFields, is_same)) {
        return base::fail(
            errors::kClientRequestInvalid, fmt::format("{} is set by the client itself", field.name)
        );
    }
    if (field.value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
        return base::fail(
            errors::kClientRequestInvalid,
            fmt::format("the value of {} has a line break or a NUL", field.name)
        );
    }
    return {};
}

base::Result<void> check_host(const ClientRequest& request, const base::Origin& origin) {
    if (origin.scheme() != "https" && !(request.allow_loopback_http && origin.is_loopback())) {
        return base::fail(
            errors::kClientSchemeRefused, fmt::format("{} is not called without TLS", origin.host())
        );
    }
    if (request.public_addresses_only) {
        const auto ip = parse_ip_address(origin.host());
        if (origin.is_loopback() || (ip && !is_public_address(*ip))) {
            return base::fail(
                errors::kClientAddressRefused, fmt::format("{} is not a public address", origin.host())
            );
        }
    }
    return {};
}

base::Result<base::Url> check(const ClientRequest& request) {
    auto url = base::Url::parse(request.url);
    if (!url) {
        return base::fail(base::Error(errors::kClientRequestInvalid, "the URL is malformed")
                              .caused_by(std::move(url.error())));
    }
    STAGEDOOR_CHECK(check_host(request, url->origin()));
    for (const Field& field : request.fields) STAGEDOOR_CHECK(check_field(field));
    return url;
}

}  // namespace

CurlClient::CurlClient(boost::asio::io_context& loop, CurlSettings settings, base::Log& log)
    : engine_(std::make_unique<CurlEngine>(loop, std::move(settings), log)) {}

CurlClient::~CurlClient() = default;

base::Task<base::Result<ClientResponse>> CurlClient::send(ClientRequest request) {
    STAGEDOOR_CO_TRY(const base::Url url, check(request));
    CurlTransfer transfer(*engine_, request, url);
    transfer.start();
    const auto [waited] = co_await transfer.finished().async_wait(base::kAwait);
    // The client may be gone by now: nothing of it is touched from here on.
    co_return transfer.take_result(waited);
}

}  // namespace stagedoor::http
