#pragma once

#include "config/config.h"
#include "config/convert.h"
#include "config/value.h"

namespace stagedoor::config {

// The typed values of a merged document. What is missing or malformed there has its default here, since
// validate() has already said so.
[[nodiscard]] Config read_config(const Value& root);

[[nodiscard]] Backend read_backend(const Value& root);
[[nodiscard]] Database read_database(const Value& root);
[[nodiscard]] Auth read_auth(const Value& root);

// The external address that discovery.endpoints has for this service, if it has one; the error if that is no
// URL.
[[nodiscard]] Converted<std::optional<base::Url>> read_discovered(const Value& root);

}  // namespace stagedoor::config
