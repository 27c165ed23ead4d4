#pragma once

#include "config/load.h"
#include "config/value.h"

#include <memory>
#include <string>
#include <vector>

namespace stagedoor::config {

// How deep lists and objects may be nested.
inline constexpr std::size_t kMaxDepth = 100;

struct YamlProblem {
    Place place;
    std::string message;
};

struct YamlDocument {
    Value value;
    std::vector<YamlProblem> problems;
    bool complete = true;  // false: reading stopped early, so what is missing in `value` may be in the text
};

// Reads one YAML 1.2 document (core schema; JSON is a part of it). Scalars have the types that Backstage
// gives them: `yes` is text, `0o17` a number. Refused are a name given twice in one map, a second document, a
// name that is not a scalar, an alias inside of its own anchor, and what exceeds kMaxDepth, kMaxNodes or,
// aliases expanded, sixteen times kMaxFileBytes. An empty document is null.
[[nodiscard]] YamlDocument read_yaml(const std::string& text, std::shared_ptr<const std::string> file);

}  // namespace stagedoor::config
