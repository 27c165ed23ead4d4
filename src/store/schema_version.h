#pragma once

#include "base/error.h"

#include <cstdint>
#include <optional>

namespace stagedoor::store {

// What to do about tables of an older version.
enum class OlderTables : std::uint8_t { migrate, refuse };

// Why tables of this version can't be used by a program that knows those up to `newest`; nothing if they can,
// or can be made to. Errors: store.schema_newer, store.schema_older.
[[nodiscard]] std::optional<base::Error> judge_version(int version, int newest, OlderTables older);

}  // namespace stagedoor::store
