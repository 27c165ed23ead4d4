#pragma once

#include "base/error.h"

#include <curl/curl.h>

#include <string>

namespace stagedoor::http {

// The error for a transfer to `host` that libcurl ended with `code`, which is not CURLE_OK. `connect_status`
// is the status of a proxy's answer to CONNECT, 0 if there was none.
[[nodiscard]] base::Error error_of(CURLcode code, long connect_status, const std::string& host);

}  // namespace stagedoor::http
