#pragma once

#include "base/result.h"
#include "base/task.h"
#include "http/message.h"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::http {

// A call to another server.
struct ClientRequest {
    Method method = Method::get;
    std::string url;  // as base::Url takes it; a fragment is not sent
    std::vector<Field>
        fields;  // without those that the connection decides: Host, Content-Length, Connection, ...
    std::string body;
    std::chrono::milliseconds deadline{10'000
    };  // for the whole call, from now to the last byte of the answer
    std::size_t max_response_bytes = 1 << 20;  // of the body; 64 KiB is the limit of all fields together
    // https is demanded unless this is set AND the host is a loopback address (base::Origin::is_loopback).
    bool allow_loopback_http = false;
    // Refuse to connect to an address that is not public unicast: for URLs that did not come from the
    // operator. The check is made on the address that is really connected to. Where a proxy is set, such a
    // call always goes through it, whatever NO_PROXY says; the proxy resolves the name then, and its operator
    // decides what it may reach.
    bool public_addresses_only = false;
};

struct ClientResponse {
    int status = 0;
    std::vector<Field> fields;
    std::string body;
    // The request may have gone out a second time, because a pooled connection turned out dead: a POST may
    // have been executed twice.
    bool repeated = false;

    // The value of the first field of this name (case does not matter), or an empty text.
    [[nodiscard]] std::string_view field(std::string_view name) const;
};

// Sends requests. Any complete answer is a success, whatever its status; redirects are not followed.
// Cancelling the awaiting task cancels the call. Errors, all of status 503: client.timeout, client.dns,
// client.connect, client.tls, client.response_too_large, client.truncated, client.cancelled, and of status
// 500: client.request_invalid, client.scheme_refused, client.address_refused.
class Client {
 public:
    virtual ~Client() = default;
    [[nodiscard]] virtual base::Task<base::Result<ClientResponse>> send(ClientRequest request) = 0;
};

}  // namespace stagedoor::http
