#pragma once

#include "base/task.h"
#include "base/timer.h"
#include "store/postgres_query.h"
#include "store/postgres_settings.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <memory>
#include <string>
#include <unordered_map>

struct pg_conn;

namespace stagedoor::store {

// One connection to a PostgreSQL server, driven by a loop without ever blocking it (PostgreSQL's
// documentation, 34.1 PQconnectPoll and 34.4 asynchronous commands). For one query at a time.
class PostgresConnection : public std::enable_shared_from_this<PostgresConnection> {
 public:
    using Time = std::chrono::steady_clock::time_point;
    using Opened = PostgresResult<std::shared_ptr<PostgresConnection>>;

    // Tries each address of each host. `database` in place of the target's, if it is not empty.
    static base::Task<Opened> open(
        base::Executor executor,
        const PostgresTarget& target,
        std::string database,
        std::chrono::milliseconds timeout
    );
    explicit PostgresConnection(const base::Executor& executor);
    ~PostgresConnection();
    PostgresConnection(const PostgresConnection&) = delete;
    PostgresConnection& operator=(const PostgresConnection&) = delete;

    // After a failure of the kind `lost` the connection is good for nothing.
    base::Task<PostgresResult<PostgresRows>> run(const PostgresQuery& query, Time deadline);
    // Statements without values, in one go; the rows of the last one.
    base::Task<PostgresResult<PostgresRows>> run(const std::string& sql, Time deadline);
    // False if the server has closed the connection while it was idle.
    [[nodiscard]] bool is_alive();

 private:
    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    base::Task<PostgresResult<void>> connect(
        const PostgresTarget& target,
        std::string database,
        std::string host,
        std::string port,
        std::string address,
        std::chrono::milliseconds timeout
    );
    base::Task<PostgresResult<void>> prepare(const PostgresQuery& query, std::string name);
    base::Task<PostgresResult<PostgresRows>> answer();
    // False if there is no socket, or no descriptor left.
    [[nodiscard]] bool watch_socket();
    base::Task<bool> wait_for_socket(bool to_write);
    void set_deadline(Time deadline);
    void clear_deadline();
    [[nodiscard]] PostgresFailure lost() const;
    [[nodiscard]] PostgresFailure connect_failure() const;

    base::Timer timer_;
    // A descriptor of our own of libpq's socket. libpq closes its own when the connection breaks, and the
    // number may be another connection's before we hear of it.
    boost::asio::posix::basic_stream_descriptor<base::Executor> socket_;
    std::unique_ptr<pg_conn, Finish> connection_;
    std::unordered_map<std::string, std::string> prepared_;  // SQL -> name
    bool timed_out_ = false;
};

}  // namespace stagedoor::store
