#pragma once

#include "base/error.h"

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct pg_result;

namespace stagedoor::store {

// A statement with its values for $1, $2, ...
struct PostgresQuery {
    struct Value {
        bool is_number;
        std::optional<std::string> octets;  // as they are sent; nothing: NULL
    };
    std::string sql;
    std::vector<Value> values;
    bool prepare = true;  // compile it once for each connection
    // May be sent again when it is not known whether it was carried out.
    bool repeatable = true;

    PostgresQuery& bytes(std::string value);
    PostgresQuery& number(const std::optional<std::int64_t>& value);
};

// The rows of an answer: numbers and bytes, in binary form.
class PostgresRows {
 public:
    explicit PostgresRows(pg_result* result);

    [[nodiscard]] int size() const;
    [[nodiscard]] std::int64_t affected() const;
    [[nodiscard]] bool is_null(int row, int column) const;
    // Of a bigint, integer, smallint or boolean.
    [[nodiscard]] std::int64_t number(int row, int column) const;
    [[nodiscard]] std::string bytes(int row, int column) const;

 private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

struct PostgresFailure {
    enum class Kind : std::uint8_t {
        rejected,  // by the server: it was not carried out
        lost,      // the connection: it may have been carried out
        refused,   // time does not help
        no_database,
    };
    Kind kind;
    std::string state;  // SQLSTATE, if the server named one
    base::Error error;

    // What was not carried out would be at another try.
    [[nodiscard]] bool is_temporary() const;
};

template <class T>
using PostgresResult = std::expected<T, PostgresFailure>;

}  // namespace stagedoor::store
