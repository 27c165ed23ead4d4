// A server that goes and comes back while it is used.
#include "store/postgres_connection.h"
#include "store/postgres_fixture.h"

#include <boost/asio/posix/stream_descriptor.hpp>

#include <array>
#include <atomic>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace stagedoor::store {
namespace {

// Claims and commits without end while the server goes and comes back. What was said to be done must be
// there.
struct Load {
    std::atomic<bool> stop = false;
    std::atomic<std::uint64_t> committed = 0;
    std::atomic<std::uint64_t> unsure = 0;
};
base::Task<> work(session::Store& store, Load& load, int& running, std::string id) {
    while (!load.stop) {
        auto claim = co_await store.claim(id, 1ms);
        if (!claim || claim->outcome != session::Claim::Outcome::granted) continue;
        session::Commit commit;
        commit.id = id;
        commit.fence = claim->fence;
        commit.expires_at = base::RealClock().now() + 24h;
        commit.record = std::to_string(claim->session.version + 1);
        auto done = co_await store.commit(commit);
        if (!done) {
            ++load.unsure;
        } else if (*done == session::CommitOutcome::done) {
            ++load.committed;
        }
    }
    --running;
}

class PostgresOutage : public PostgresStoreTest {
 protected:
    void survive(void (support::PostgresServer::*end)()) {
        const auto open = store();
        constexpr int kWorkers = 6;
        for (int i = 0; i < kWorkers; ++i) ASSERT_TRUE(run(open->find_or_add(session(std::to_string(i)))));
        Load load;
        std::jthread workers([&] {
            // A server ends with the thread that started it, so that has to be the test's own.
            boost::asio::io_context own;
            const auto busy = make_store(own.get_executor(), settings(), log);
            int running = kWorkers;
            for (int i = 0; i < kWorkers; ++i) {
                boost::asio::co_spawn(
                    own, work(*busy, load, running, std::to_string(i)), boost::asio::detached
                );
            }
            while (running > 0 && own.run_one() > 0) {
            }
        });
        const auto wait_for_more = [&](std::uint64_t count) {
            const auto enough = load.committed + count;
            while (load.committed < enough) std::this_thread::yield();
        };
        for (int round = 0; round < 3; ++round) {
            wait_for_more(50);
            (server.*end)();
            server.start();
        }
        wait_for_more(50);
        load.stop = true;
        workers.join();
        std::uint64_t versions = 0;
        for (int i = 0; i < kWorkers; ++i) {
            const auto found = run(open->find(std::to_string(i)));
            ASSERT_TRUE(found && *found);
            versions += (*found)->version;
            // The record that was written is the one of that version: nothing was mixed up.
            EXPECT_EQ((*found)->record, std::to_string((*found)->version));
        }
        EXPECT_GE(versions, load.committed);
        EXPECT_LE(versions, load.committed + load.unsure);
    }
};

TEST_F(PostgresOutage, NothingIsLostWhenTheServerIsRestartedUnderLoad) {
    survive(&support::PostgresServer::stop);
}

TEST_F(PostgresOutage, NothingIsLostWhenTheServerCrashesUnderLoad) {
    survive(&support::PostgresServer::crash);
}

// libpq closes its socket when the connection breaks, and the next one that is opened has its number: it must
// not be taken out of the loop with the connection.
TEST_F(PostgresOutage, ABrokenConnectionLeavesTheDescriptorsOfOthersAlone) {
    const auto target = postgres_target(settings()).value();
    std::shared_ptr<PostgresConnection> connection;
    const auto open = [&]() -> base::Task<bool> {
        auto opened = co_await PostgresConnection::open(loop.get_executor(), target, database, 5s);
        if (opened) connection = std::move(*opened);
        co_return opened.has_value();
    };
    const auto ask = [&]() -> base::Task<bool> {
        const auto rows = co_await connection->run("SELECT 1", std::chrono::steady_clock::now() + 5s);
        co_return rows.has_value();
    };
    ASSERT_TRUE(support::run_task(loop, open()));
    ASSERT_TRUE(support::run_task(loop, ask()));
    server.crash();
    server.start();
    EXPECT_FALSE(support::run_task(loop, ask()));

    std::array<int, 2> ends{};
    ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    boost::asio::posix::stream_descriptor reader(loop, ends[0]);
    boost::asio::posix::stream_descriptor writer(loop, ends[1]);
    bool heard = false;
    reader.async_wait(reader.wait_read, [&heard](const boost::system::error_code& error) { heard = !error; });
    loop.restart();
    loop.poll();
    connection.reset();
    ASSERT_EQ(write(ends[1], "x", 1), 1);
    loop.restart();
    loop.run_for(5s);
    EXPECT_TRUE(heard);
}

}  // namespace
}  // namespace stagedoor::store
