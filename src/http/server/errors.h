#pragma once

#include "base/error.h"

namespace stagedoor::http::errors {

using base::ErrorKind;
namespace name = base::error_name;

// What the gate refuses (server/gate.h).
inline constexpr ErrorKind kMalformed{"http.malformed", 400, name::kInput};
inline constexpr ErrorKind kHostInvalid{"http.host_invalid", 400, name::kInput};
inline constexpr ErrorKind kFramingInvalid{"http.framing_invalid", 400, name::kInput};
inline constexpr ErrorKind kFieldFolded{"http.field_folded", 400, name::kInput};
inline constexpr ErrorKind kTargetInvalid{"http.target_invalid", 400, name::kInput};
inline constexpr ErrorKind kMethodNotAllowed{"http.method_not_allowed", 405, name::kNotAllowed};
inline constexpr ErrorKind kExpectationFailed{"http.expectation_failed", 417, name::kOther};
inline constexpr ErrorKind kMethodUnknown{"http.method_unknown", 501, name::kNotImplemented};
inline constexpr ErrorKind kTransferCodingUnknown{"http.transfer_coding_unknown", 501, name::kNotImplemented};
inline constexpr ErrorKind kVersionUnsupported{"http.version_unsupported", 505, name::kOther};

// Limits reached (server/settings.h).
inline constexpr ErrorKind kRequestTimeout{"http.request_timeout", 408, name::kOther};
inline constexpr ErrorKind kBodyTooLarge{"http.body_too_large", 413, name::kOther};
inline constexpr ErrorKind kTargetTooLong{"http.target_too_long", 414, name::kOther};
inline constexpr ErrorKind kHeaderTooLarge{"http.header_too_large", 431, name::kOther};
inline constexpr ErrorKind kTooManyFields{"http.too_many_fields", 431, name::kOther};
inline constexpr ErrorKind kHandlerTimeout{"http.handler_timeout", 503, name::kUnavailable};
inline constexpr ErrorKind kTooManyConnections{"http.too_many_connections", 503, name::kUnavailable};
// No answer can tell of these; they are in the log alone.
inline constexpr ErrorKind kWriteTimeout{"http.write_timeout", 408, name::kOther};
inline constexpr ErrorKind kClientClosed{"http.client_closed", 499, name::kOther};
inline constexpr ErrorKind kServerStopped{"http.server_stopped", 503, name::kUnavailable};

// Faults of our own.
inline constexpr ErrorKind kHandlerFailed{"http.handler_failed", 500, name::kOther};
inline constexpr ErrorKind kResponseInvalid{"http.response_invalid", 500, name::kOther};

}  // namespace stagedoor::http::errors
