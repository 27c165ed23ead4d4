#include "store/postgres_query.h"

#include <cstdlib>
#include <libpq-fe.h>

namespace stagedoor::store {

PostgresQuery& PostgresQuery::bytes(std::string value) {
    values.push_back({.is_number = false, .octets = std::move(value)});
    return *this;
}

PostgresQuery& PostgresQuery::number(const std::optional<std::int64_t>& value) {
    Value added{.is_number = true, .octets = {}};
    if (value) {
        auto& octets = added.octets.emplace();
        for (int shift = 56; shift >= 0; shift -= 8) {
            octets.push_back(
                static_cast<char>(static_cast<std::uint64_t>(*value) >> static_cast<unsigned>(shift))
            );
        }
    }
    values.push_back(std::move(added));
    return *this;
}

void PostgresRows::Clear::operator()(pg_result* result) const {
    PQclear(result);
}

PostgresRows::PostgresRows(pg_result* result) : result_(result) {}

int PostgresRows::size() const {
    return PQntuples(result_.get());
}

std::int64_t PostgresRows::affected() const {
    return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
}

bool PostgresRows::is_null(int row, int column) const {
    return PQgetisnull(result_.get(), row, column) == 1;
}

std::int64_t PostgresRows::number(int row, int column) const {
    const auto octets = bytes(row, column);
    if (octets.empty()) return 0;
    // Big endian, with the sign of the first octet.
    auto value = static_cast<std::uint64_t>(static_cast<std::int64_t>(static_cast<signed char>(octets[0])));
    for (std::size_t i = 1; i < octets.size(); ++i) {
        value = (value << 8U) | static_cast<std::uint8_t>(octets[i]);
    }
    return static_cast<std::int64_t>(value);
}

std::string PostgresRows::bytes(int row, int column) const {
    return {
        PQgetvalue(result_.get(), row, column),
        static_cast<std::size_t>(PQgetlength(result_.get(), row, column))
    };
}

bool PostgresFailure::is_temporary() const {
    // Deadlocks and serialization; starting up; a replica that was the primary server before a failover.
    return kind == Kind::rejected && (state.starts_with("40") || state == "57P03" || state == "25006");
}

}  // namespace stagedoor::store
