#pragma once

#include "base/error.h"

namespace stagedoor::base::errors {

inline constexpr ErrorKind kUrlMalformed{"url.malformed", 400, error_name::kInput};
inline constexpr ErrorKind kDurationMalformed{"duration.malformed", 400, error_name::kInput};

// A defect of ours: the log line of the request says more.
inline constexpr ErrorKind kInternal{"internal", 500, error_name::kOther};
// Whoever asked has gone, or the service is stopping.
inline constexpr ErrorKind kCancelled{"cancelled", 503, error_name::kUnavailable};

}  // namespace stagedoor::base::errors
