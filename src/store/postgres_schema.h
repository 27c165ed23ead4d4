#pragma once

#include "store/postgres_connection.h"

#include <span>

namespace stagedoor::store {

// As sqlite_migrations().
[[nodiscard]] std::span<const char* const> postgres_migrations();

// Brings the tables to the version of this program, in the schema `stagedoor`. Of several processes that call
// it at once, one does the work and the others wait for it. Tables that can't be used are a failure of the
// kind `refused`, with store.schema_newer or store.schema_older as its error.
base::Task<PostgresResult<void>> migrate(
    PostgresConnection& connection,
    std::span<const char* const> migrations,
    OlderTables older,
    PostgresConnection::Time deadline
);

// 0: the tables were not made yet.
base::Task<PostgresResult<int>> schema_version(
    PostgresConnection& connection, PostgresConnection::Time deadline
);

}  // namespace stagedoor::store
