#pragma once

#include "config/config.h"
#include "config/findings.h"
#include "config/value.h"

namespace stagedoor::config {

// What single keys can't show: settings that do not work together, or are weaker than they look. `root` is
// the document that `config` was read from; checks of values that have an error already are left out.
// `complete` as in validate().
void check_backend(const Config& config, const Value& root, Findings& findings);
void check_database(const Config& config, const Value& root, Findings& findings);
void check_origins(const Config& config, const Value& root, Findings& findings);
void check_auth(const Config& config, const Value& root, bool complete, Findings& findings);

// Warns of keys that are absent because a variable is not set, if nothing else gives them a value.
void check_absent(const Value& root, Findings& findings);

// Where the value at `path` was written, or the nearest object around it.
[[nodiscard]] Place place_of(const Value& root, std::string_view path);

}  // namespace stagedoor::config
