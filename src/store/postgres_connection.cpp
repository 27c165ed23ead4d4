#include "store/postgres_connection.h"

#include "store/call.h"
#include "store/errors.h"

#include <boost/asio/ip/tcp.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <regex>
#include <system_error>
#include <unistd.h>

namespace stagedoor::store {

namespace {

using Kind = PostgresFailure::Kind;

constexpr Oid kBytea = 17;
constexpr Oid kBigint = 20;
constexpr int kBinary = 1;

PostgresFailure failure(Kind kind, std::string state, std::string detail) {
    while (detail.ends_with('\n')) detail.pop_back();
    auto error = kind == Kind::refused
                     ? base::Error(errors::kRefused, "The database refuses the service").with_detail(detail)
                     : unavailable("PostgreSQL: " + detail);
    return {.kind = kind, .state = std::move(state), .error = std::move(error)};
}

// libpq has no SQLSTATE for a connection that failed, but writes it into its verbose message.
std::string state_in(const std::string& message) {
    static const std::regex pattern(R"(: +([0-9][0-9A-Z]{4}): )");
    std::smatch match;
    return std::regex_search(message, match, pattern) ? match[1].str() : std::string();
}

// What libpq itself says when it will not go on with a server.
bool is_refusal_of_tls(const std::string& message) {
    constexpr std::array<std::string_view, 5> kSigns{
        "certificate verify failed",
        "does not match host name",
        "does not support SSL",
        "certificate file",
        "private key file",
    };
    return std::ranges::any_of(kSigns, [&](auto sign) { return message.find(sign) != std::string::npos; });
}

// The values of a query in the form that libpq wants; they point into the query.
struct Values {
    explicit Values(const PostgresQuery& query) {
        for (const auto& value : query.values) {
            types.push_back(value.is_number ? kBigint : kBytea);
            data.push_back(value.octets ? value.octets->data() : nullptr);
            lengths.push_back(value.octets ? static_cast<int>(value.octets->size()) : 0);
            formats.push_back(kBinary);
        }
    }
    [[nodiscard]] int size() const { return static_cast<int>(types.size()); }
    std::vector<Oid> types;
    std::vector<const char*> data;
    std::vector<int> lengths;
    std::vector<int> formats;
};

PostgresFailure no_descriptor() {
    return failure(Kind::lost, {}, "watching the socket: " + std::generic_category().message(errno));
}

}  // namespace

void PostgresConnection::Finish::operator()(pg_conn* connection) const {
    PQfinish(connection);
}

PostgresConnection::PostgresConnection(const base::Executor& executor)
    : timer_(executor), socket_(executor) {}

PostgresConnection::~PostgresConnection() = default;

base::Task<PostgresConnection::Opened> PostgresConnection::open(
    base::Executor executor,
    const PostgresTarget& target,
    std::string database,
    std::chrono::milliseconds timeout
) {
    auto last = failure(Kind::lost, {}, "no host is configured");
    for (const auto& host : target.hosts) {
        std::vector<std::string> addresses;
        if (host.name.starts_with('/')) {
            addresses.emplace_back();
        } else {
            boost::asio::ip::basic_resolver<boost::asio::ip::tcp, base::Executor> resolver(executor);
            const auto [error, found] = co_await resolver.async_resolve(host.name, host.port, base::kAwait);
            if (error) last = failure(Kind::lost, {}, fmt::format("{}: {}", host.name, error.message()));
            for (const auto& entry : found) addresses.push_back(entry.endpoint().address().to_string());
        }
        for (const auto& address : addresses) {
            const auto connection = std::make_shared<PostgresConnection>(executor);
            auto connected =
                co_await connection->connect(target, database, host.name, host.port, address, timeout);
            if (connected) co_return connection;
            last = std::move(connected.error());
        }
    }
    co_return std::unexpected(std::move(last));
}

base::Task<PostgresResult<void>> PostgresConnection::connect(
    const PostgresTarget& target,
    std::string database,
    std::string host,
    std::string port,
    std::string address,
    std::chrono::milliseconds timeout
) {
    const auto self = shared_from_this();
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto add = [&](const char* name, const std::string& value) {
        if (value.empty()) return;
        names.push_back(name);
        values.push_back(value.c_str());
    };
    for (const auto& [name, value] : target.parameters) {
        if (name != "dbname" || database.empty()) add(name.c_str(), value.reveal());
    }
    add("dbname", database);
    add("host", host);
    add("hostaddr", address);
    add("port", port);
    names.push_back(nullptr);
    values.push_back(nullptr);

    connection_.reset(PQconnectStartParams(names.data(), values.data(), 0));
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) {
        co_return std::unexpected(connect_failure());
    }
    PQsetErrorVerbosity(connection_.get(), PQERRORS_VERBOSE);
    set_deadline(std::chrono::steady_clock::now() + timeout);
    for (auto status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;) {
        // libpq may go on with another socket after each step.
        if (!watch_socket()) co_return std::unexpected(no_descriptor());
        const bool ready = co_await wait_for_socket(status == PGRES_POLLING_WRITING);
        if (!ready) co_return std::unexpected(failure(Kind::lost, {}, host + " did not answer in time"));
        status = PQconnectPoll(connection_.get());
        if (status == PGRES_POLLING_FAILED) {
            clear_deadline();
            co_return std::unexpected(connect_failure());
        }
    }
    clear_deadline();
    if (!watch_socket()) co_return std::unexpected(no_descriptor());
    PQsetErrorVerbosity(connection_.get(), PQERRORS_TERSE);
    PQsetnonblocking(connection_.get(), 1);
    // Notices ("already exists, skipping") would go to standard error.
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    co_return PostgresResult<void>();
}

PostgresFailure PostgresConnection::connect_failure() const {
    const std::string message = connection_ ? PQerrorMessage(connection_.get()) : "out of memory";
    const auto state = state_in(message);
    if (state == "3D000") return failure(Kind::no_database, state, message);
    // 28: no such role, wrong password, not allowed by pg_hba.conf; 42501: no right to connect.
    const bool refused = state.starts_with("28") || state == "42501" || is_refusal_of_tls(message);
    return failure(refused ? Kind::refused : Kind::lost, state, message);
}

PostgresFailure PostgresConnection::lost() const {
    return failure(
        Kind::lost, {}, timed_out_ ? "it did not answer in time" : PQerrorMessage(connection_.get())
    );
}

base::Task<PostgresResult<PostgresRows>> PostgresConnection::run(const PostgresQuery& query, Time deadline) {
    const auto self = shared_from_this();
    const Values values(query);
    set_deadline(deadline);
    int sent = 0;
    if (query.prepare) {
        auto known = prepared_.find(query.sql);
        if (known == prepared_.end()) {
            auto name = fmt::format("s{}", prepared_.size());
            auto done = co_await prepare(query, name);
            if (!done) {
                clear_deadline();
                co_return std::unexpected(std::move(done.error()));
            }
            known = prepared_.emplace(query.sql, std::move(name)).first;
        }
        sent = PQsendQueryPrepared(
            connection_.get(),
            known->second.c_str(),
            values.size(),
            values.data.data(),
            values.lengths.data(),
            values.formats.data(),
            kBinary
        );
    } else {
        sent = PQsendQueryParams(
            connection_.get(),
            query.sql.c_str(),
            values.size(),
            values.types.data(),
            values.data.data(),
            values.lengths.data(),
            values.formats.data(),
            kBinary
        );
    }
    if (sent == 0) co_return std::unexpected(lost());
    auto rows = co_await answer();
    clear_deadline();
    co_return rows;
}

base::Task<PostgresResult<PostgresRows>> PostgresConnection::run(const std::string& sql, Time deadline) {
    const auto self = shared_from_this();
    set_deadline(deadline);
    if (PQsendQuery(connection_.get(), sql.c_str()) == 0) co_return std::unexpected(lost());
    auto rows = co_await answer();
    clear_deadline();
    co_return rows;
}

base::Task<PostgresResult<void>> PostgresConnection::prepare(const PostgresQuery& query, std::string name) {
    const Values values(query);
    const int sent =
        PQsendPrepare(connection_.get(), name.c_str(), query.sql.c_str(), values.size(), values.types.data());
    if (sent == 0) co_return std::unexpected(lost());
    auto done = co_await answer();
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return PostgresResult<void>();
}

// Sends what is left to send, and reads all results of it; the first failure counts, else the last rows.
base::Task<PostgresResult<PostgresRows>> PostgresConnection::answer() {
    for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
        const bool ready = left > 0 && co_await wait_for_socket(true);
        if (!ready) co_return std::unexpected(lost());
    }
    std::optional<PostgresRows> rows;
    std::optional<PostgresFailure> failed;
    for (;;) {
        while (PQisBusy(connection_.get()) != 0) {
            const bool ready = co_await wait_for_socket(false);
            if (!ready || PQconsumeInput(connection_.get()) == 0) co_return std::unexpected(lost());
        }
        auto* const result = PQgetResult(connection_.get());
        if (result == nullptr) break;
        rows.emplace(result);
        const auto status = PQresultStatus(result);
        if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || failed) continue;
        const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        failed = failure(Kind::rejected, state == nullptr ? "" : state, PQresultErrorMessage(result));
    }
    // A server that ends the connection says so with an error before; what came of the query is not known.
    if (PQstatus(connection_.get()) == CONNECTION_BAD || !rows) co_return std::unexpected(lost());
    if (!failed) co_return std::move(*rows);
    if (failed->state.empty() || failed->state == "57P01" || failed->state == "57P02")
        failed->kind = Kind::lost;
    co_return std::unexpected(std::move(*failed));
}

bool PostgresConnection::is_alive() {
    // Whatever a server sends unasked is most likely its farewell.
    pollfd socket{.fd = PQsocket(connection_.get()), .events = POLLIN | POLLRDHUP, .revents = 0};
    return PQstatus(connection_.get()) == CONNECTION_OK && poll(&socket, 1, 0) == 0;
}

bool PostgresConnection::watch_socket() {
    boost::system::error_code error;
    socket_.close(error);
    const int descriptor = fcntl(PQsocket(connection_.get()), F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return false;
    socket_.assign(descriptor, error);
    if (error) ::close(descriptor);
    return !error;
}

// False if the deadline has passed, or the socket is closed.
base::Task<bool> PostgresConnection::wait_for_socket(bool to_write) {
    if (timed_out_) co_return false;
    using Descriptor = boost::asio::posix::descriptor_base;
    const auto [error] =
        co_await socket_.async_wait(to_write ? Descriptor::wait_write : Descriptor::wait_read, base::kAwait);
    co_return !error && !timed_out_;
}

void PostgresConnection::set_deadline(Time deadline) {
    timed_out_ = false;
    timer_.expires_at(deadline);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
        const auto self = weak.lock();
        // One that had expired may come when the next deadline has been set.
        if (cancelled || !self || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
        self->timed_out_ = true;
        if (self->socket_.is_open()) self->socket_.cancel();
    });
}

void PostgresConnection::clear_deadline() {
    timer_.cancel();
}

}  // namespace stagedoor::store
