#pragma once

#include "base/error.h"

namespace stagedoor::http::errors {

using base::ErrorKind;
namespace name = base::error_name;

inline constexpr ErrorKind kMalformedParameters{"request.malformed_parameters", 400, name::kInput};

// The client's failures: the other side could not be reached or did not answer in full.
inline constexpr ErrorKind kClientTimeout{"client.timeout", 503, name::kUnavailable};
inline constexpr ErrorKind kClientDns{"client.dns", 503, name::kUnavailable};
inline constexpr ErrorKind kClientConnect{"client.connect", 503, name::kUnavailable};
inline constexpr ErrorKind kClientTls{"client.tls", 503, name::kUnavailable};
inline constexpr ErrorKind kClientResponseTooLarge{"client.response_too_large", 503, name::kUnavailable};
inline constexpr ErrorKind kClientTruncated{"client.truncated", 503, name::kUnavailable};
inline constexpr ErrorKind kClientCancelled{"client.cancelled", 503, name::kUnavailable};
inline constexpr ErrorKind kClientRequestInvalid{"client.request_invalid", 500, name::kOther};
inline constexpr ErrorKind kClientSchemeRefused{"client.scheme_refused", 500, name::kOther};
inline constexpr ErrorKind kClientAddressRefused{"client.address_refused", 500, name::kOther};

}  // namespace stagedoor::http::errors
