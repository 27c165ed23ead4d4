#pragma once

#include "base/error.h"

namespace stagedoor::store::errors {

using base::ErrorKind;
namespace name = base::error_name;

// Time does not help against these; whoever asked gets store.unavailable, which has them as its cause.
inline constexpr ErrorKind kSchemaNewer{"store.schema_newer", 500, name::kOther};
inline constexpr ErrorKind kSchemaOlder{"store.schema_older", 500, name::kOther};
inline constexpr ErrorKind kRefused{"store.refused", 500, name::kOther};

}  // namespace stagedoor::store::errors
