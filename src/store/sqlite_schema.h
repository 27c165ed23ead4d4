#pragma once

#include "base/result.h"
#include "store/schema_version.h"
#include "store/sqlite_connection.h"

#include <span>

namespace stagedoor::store {

// The steps of the schema: applying the n-th one to the tables of version n - 1 makes those of version n.
// A step that was released is never changed; what has to change is a new one.
[[nodiscard]] std::span<const char* const> sqlite_migrations();

// Brings the tables to the version of this program. Of several processes that call it at once, one does the
// work. Errors: store.schema_newer, store.schema_older, store.refused (the file belongs to another program),
// store.unavailable.
[[nodiscard]] base::Result<void> migrate(
    SqliteConnection& connection,
    std::span<const char* const> migrations,
    OlderTables older = OlderTables::migrate
);

// 0: the tables were not made yet.
[[nodiscard]] base::Result<int> schema_version(SqliteConnection& connection);

}  // namespace stagedoor::store
