#pragma once

#include "config/findings.h"
#include "config/key_tree.h"
#include "config/value.h"

namespace stagedoor::config {

// Holds a merged document against the table of keys: unknown keys, wrong types, and keys without effect go to
// the findings. `complete`: nothing kept the document from being read whole, so a key that is not there is
// missing.
void validate(const Value& root, bool complete, Use use, Findings& findings);

}  // namespace stagedoor::config
