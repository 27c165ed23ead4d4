#pragma once

#include "base/error.h"

namespace stagedoor::crypto::errors {

using base::ErrorKind;
namespace name = base::error_name;

inline constexpr ErrorKind kSealInvalid{"seal.invalid", 403, name::kNotAllowed};
inline constexpr ErrorKind kKeyInvalid{"key.invalid", 500, name::kOther};
inline constexpr ErrorKind kKeyAlgorithmMismatch{"key.algorithm_mismatch", 500, name::kOther};

}  // namespace stagedoor::crypto::errors
