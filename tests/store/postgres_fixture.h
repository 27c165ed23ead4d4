#pragma once

#include "base/errors.h"
#include "store/errors.h"
#include "store/postgres_store.h"
#include "support/capturing_log.h"
#include "support/postgres_server.h"
#include "support/run_task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace stagedoor::store {

using namespace std::chrono_literals;

inline std::unique_ptr<PostgresStore> make_store(
    base::Executor executor, const PostgresSettings& settings, base::Log& log
) {
    auto target = postgres_target(settings);
    if (!target) throw std::runtime_error(target.error().describe());
    return std::make_unique<PostgresStore>(std::move(executor), settings, std::move(*target), log);
}

class PostgresStoreTest : public testing::Test {
 protected:
    PostgresSettings settings(const std::string& role = "app") {
        PostgresSettings settings;
        settings.connection_string = base::Secret(server.url(database, role));
        return settings;
    }
    std::unique_ptr<PostgresStore> store(const PostgresSettings& settings) {
        return make_store(loop.get_executor(), settings, log);
    }
    std::unique_ptr<PostgresStore> store() { return store(settings()); }
    template <class T>
    base::Result<T> run(base::Task<base::Result<T>> task) {
        return support::run_task(loop, std::move(task));
    }
    base::Error reach(const PostgresSettings& wanted) {
        auto reached = run(store(wanted)->reach());
        return reached ? base::Error(base::errors::kInternal, "it was reached") : std::move(reached.error());
    }
    [[nodiscard]] static session::StoredSession session(const std::string& id) {
        session::StoredSession session;
        session.id = id;
        session.expires_at = base::RealClock().now() + 24h;
        session.record = "record";
        return session;
    }
    void set(PostgresSettings& settings, const std::string& name, const std::string& value) {
        settings.parameters[name] = base::Secret(value);
    }

    support::PostgresServer& server = support::postgres_server();
    std::string database = server.make_database();
    support::CapturingLog log;
    boost::asio::io_context loop;
};

}  // namespace stagedoor::store
