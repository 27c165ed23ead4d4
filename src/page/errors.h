#pragma once

#include "base/error.h"

namespace stagedoor::page::errors {

using base::ErrorKind;
namespace name = base::error_name;

inline constexpr ErrorKind kSecurityHeaderMalformed{"security_headers.malformed", 500, name::kOther};

}  // namespace stagedoor::page::errors
