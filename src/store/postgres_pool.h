#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/task.h"
#include "store/postgres_connection.h"
#include "store/postgres_settings.h"

#include <deque>
#include <memory>
#include <optional>
#include <vector>

namespace stagedoor::store {

// The connections of one loop. Opens them when they are needed, brings the tables up to date, and gets
// through a restart of the server: what was not carried out, or may be repeated, is sent again until its time
// is over.
class PostgresPool : public std::enable_shared_from_this<PostgresPool> {
 public:
    PostgresPool(base::Executor executor, PostgresSettings settings, PostgresTarget target, base::Log& log);

    // Errors: store.unavailable, which store.refused or store.schema_newer may have caused.
    base::Task<base::Result<PostgresRows>> run(PostgresQuery query);
    // Whether there is a connection. Errors as those of run().
    base::Task<base::Result<void>> reach();

    [[nodiscard]] base::Executor executor() const { return executor_; }
    [[nodiscard]] const PostgresSettings& settings() const { return settings_; }
    [[nodiscard]] std::string place() const { return target_.place(); }

 private:
    using Time = PostgresConnection::Time;
    using Connection = std::shared_ptr<PostgresConnection>;
    using Timer = std::shared_ptr<base::Timer>;
    class Permit;

    base::Task<bool> wait_for_turn(Time deadline);
    void leave();
    base::Task<PostgresResult<Connection>> connection(Time deadline);
    base::Task<PostgresResult<Connection>> open();
    base::Task<PostgresResult<Connection>> open_or_create();
    base::Task<PostgresResult<void>> create_database();
    base::Task<> pause(std::chrono::milliseconds time, Time deadline);
    void note_failure(const PostgresFailure& failure);
    void note_success();

    const base::Executor executor_;
    const PostgresSettings settings_;
    const PostgresTarget target_;
    base::Log& log_;
    std::size_t busy_ = 0;  // connections in use, those that are being opened among them
    std::deque<Timer> turns_;
    std::vector<Connection> idle_;
    // While there is no way to the database: since when, why, and when to look again.
    struct Outage {
        Time since;
        Time next_attempt;
        PostgresFailure failure;
    };
    std::optional<Outage> outage_;
};

}  // namespace stagedoor::store
