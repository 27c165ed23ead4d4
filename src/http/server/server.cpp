#include "http/server/server.h"

#include "http/server/listener.h"
#include "http/server/loop.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace stagedoor::http {

namespace asio = boost::asio;

namespace {

// How long a connection that was cut, or a handler that was cancelled, may take to end.
constexpr std::chrono::milliseconds kEndTime{1'000};

// True if all have gone.
base::Task<bool> wait_for_end(std::shared_ptr<Loop> loop, std::chrono::milliseconds time) {
    if (loop->connections == 0) co_return true;
    loop->drained.expires_after(time);
    co_await loop->drained.async_wait(base::kAwait);
    co_return loop->connections == 0;
}

}  // namespace

Server::Server(
    asio::io_context& context,
    Handler& handler,
    const Limits& limits,
    base::Log& log,
    const base::Clock& clock,
    base::Random& random
)
    : loop_(std::make_shared<Loop>(context, handler, limits, log, clock, random)) {}

Server::~Server() {
    loop_->start_draining();
    loop_->cut_all();
}

void Server::listen(const ListenAddress& address, std::shared_ptr<crypto::TlsContext> tls) {
    for (const auto& acceptor : open_acceptors(loop_->context, address)) {
        loop_->acceptors.push_back(acceptor);
        asio::co_spawn(loop_->context, accept_connections(loop_, acceptor, tls), asio::detached);
    }
}

void Server::require_free(const ListenAddress& address) {
    require_address_free(address);
}

std::uint16_t Server::port() const {
    if (loop_->acceptors.empty()) return 0;
    boost::system::error_code ignored;
    return loop_->acceptors.front()->local_endpoint(ignored).port();
}

base::Task<std::size_t> Server::drain(std::chrono::milliseconds deadline) {
    const auto loop = loop_;
    loop->start_draining();
    const bool finished = co_await wait_for_end(loop, deadline);
    if (finished) co_return std::size_t{0};
    const std::size_t cut = loop->cut_all();
    co_await wait_for_end(loop, kEndTime);
    co_return cut;
}

std::size_t Server::connections() const {
    return loop_->connections.load(std::memory_order_relaxed);
}

}  // namespace stagedoor::http
