#include "config/keys.h"

#include <array>

namespace stagedoor::config {
namespace {

constexpr Key count(std::string_view path, std::string_view fallback, std::string_view text) {
    return {.path = path, .kind = Kind::whole_number, .fallback = fallback, .min = 1, .text = text};
}
constexpr Key time(std::string_view path, std::string_view fallback, std::string_view text) {
    return {.path = path, .kind = Kind::duration, .fallback = fallback, .min = 1, .text = text};
}

constexpr std::array kLimits{
    Key{.path = "backend.limits",
        .text = "Limits of the server. What exceeds one is refused and the connection closed."},
    count("backend.limits.headerBytes", "81920", "Bytes of a request's header, its first line included."),
    count("backend.limits.headerCount", "64", "Fields in a request's header."),
    count("backend.limits.targetBytes", "8192", "Bytes of a request's target (path and query)."),
    count("backend.limits.bodyBytes", "65536", "Bytes of a request's body."),
    count("backend.limits.connections", "16384", "Connections at the same time, per processor core."),
    count("backend.limits.requestsPerConnection", "10000", "Requests before a connection is closed."),
    time("backend.limits.idleTimeout", "`75s`", "From an answer to the next request of a connection."),
    time("backend.limits.headerTimeout", "`10s`", "For a request's header, and for a TLS handshake."),
    time("backend.limits.byteTimeout", "`10s`", "Between two arrivals of bytes within a request."),
    time("backend.limits.requestTimeout", "`30s`", "For a whole request."),
    time("backend.limits.handlerTimeout", "`30s`", "For making an answer, calls to the provider included."),
    time("backend.limits.writeTimeout", "`30s`", "For a client to take an answer."),
    Key{.path = "backend.client", .text = "How providers are reached."},
    Key{.path = "backend.client.caFile",
        .kind = Kind::file,
        .text = "A PEM file of certificate authorities to trust instead of the system's."},
    Key{.path = "backend.client.certificateFile",
        .kind = Kind::file,
        .text = "A PEM file with a certificate to show to providers that ask for one."},
    Key{.path = "backend.client.keyFile", .kind = Kind::file, .text = "The PEM file of its private key."},
    Key{.path = "backend.client.proxy",
        .kind = Kind::secret,
        .fallback = "`HTTPS_PROXY`, `ALL_PROXY`",
        .text =
            "The proxy for calls to providers: `http://proxy.example.com:3128`, also with user and password."
    },
    Key{.path = "backend.client.noProxy",
        .kind = Kind::text,
        .fallback = "`NO_PROXY`",
        .text = "Hosts that are called directly: `internal.example.com,10.0.0.0/8`."},
    time("backend.client.connectTimeout", "`5s`", "For a connection to a provider, TLS included."),
    time(
        "backend.client.timeout", "`10s`", "For a whole call to a provider that has no `timeout` of its own."
    ),
};

}  // namespace

std::span<const Key> limit_keys() {
    return kLimits;
}

}  // namespace stagedoor::config
