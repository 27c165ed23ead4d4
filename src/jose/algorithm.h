#pragma once

#include "crypto/algorithm.h"

namespace stagedoor::jose {

using crypto::Algorithm;
using crypto::parse_algorithm;
using crypto::to_string;

}  // namespace stagedoor::jose
