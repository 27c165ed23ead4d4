#pragma once

#include "base/result.h"
#include "base/secret.h"
#include "store/schema_version.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace stagedoor::store {

struct PostgresSettings {
    // "postgresql://..." or "host=... user=...", as libpq reads it (PostgreSQL's documentation, 34.1.1). May
    // be empty.
    base::Secret connection_string;
    // libpq's parameters by their names; they win over those of the connection string.
    std::map<std::string, base::Secret> parameters;
    OlderTables older_tables = OlderTables::migrate;
    // Create the database if it is missing.
    bool create_database = true;
    std::size_t connections = 4;                       // of one loop
    std::chrono::milliseconds connect_timeout{3'000};  // for one address of one host
    std::chrono::milliseconds statement_timeout{5'000};
    std::chrono::milliseconds limit{10'000};  // for an operation, with all its attempts
};

// Where the database is, and how to log in there.
struct PostgresTarget {
    struct Host {
        std::string name;  // a name, an address, or the folder of a local socket
        std::string port;
    };
    std::vector<Host> hosts;  // at least one
    // All that does not depend on the host.
    std::map<std::string, base::Secret> parameters;

    [[nodiscard]] std::string database() const;
    // For people: hosts and database.
    [[nodiscard]] std::string place() const;
};

// Error: store.refused, if the connection string can't be read.
[[nodiscard]] base::Result<PostgresTarget> postgres_target(const PostgresSettings& settings);

}  // namespace stagedoor::store
