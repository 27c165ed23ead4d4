#include "http/client/curl_error.h"

#include "http/errors.h"

#include <fmt/core.h>

namespace stagedoor::http {

base::Error error_of(CURLcode code, long connect_status, const std::string& host) {
    // libcurl reports a proxy's refusal as a failure to receive.
    if (connect_status != 0 && connect_status / 100 != 2) {
        return {errors::kClientConnect, fmt::format("the proxy refused a connection to {}", host)};
    }
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return {errors::kClientDns, fmt::format("the name {} could not be resolved", host)};
        case CURLE_COULDNT_RESOLVE_PROXY:
            return {
                errors::kClientDns, fmt::format("the name of the proxy to {} could not be resolved", host)
            };
        case CURLE_OPERATION_TIMEDOUT:
            return {errors::kClientTimeout, fmt::format("no connection to {} in time", host)};
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_CLIENTCERT:
        case CURLE_SSL_ENGINE_NOTFOUND:
        case CURLE_SSL_ENGINE_SETFAILED:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_USE_SSL_FAILED:
            return {errors::kClientTls, fmt::format("no trusted TLS connection to {}", host)};
        case CURLE_PARTIAL_FILE:
        case CURLE_GOT_NOTHING:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:  // an answer in HTTP/0.9; the scheme of the URL was looked at before
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_HTTP2:
        case CURLE_HTTP2_STREAM:
            return {errors::kClientTruncated, fmt::format("{} did not send a complete answer", host)};
        default:
            return {errors::kClientConnect, fmt::format("no connection to {}", host)};
    }
}

}  // namespace stagedoor::http
