#pragma once

#include <string>

// What the table of keys (config/keys.h) says, for people and for editors.
namespace stagedoor::config {

// A JSON Schema (draft 7) of one configuration file. As a file may be one of several, no key is required by
// it; every value may also be null, or come from $env, $file or $include. Ends with a line feed.
[[nodiscard]] std::string json_schema();

// The tables of docs/configuration.md, in Markdown. Ends with a line feed.
[[nodiscard]] std::string reference_markdown();

}  // namespace stagedoor::config
