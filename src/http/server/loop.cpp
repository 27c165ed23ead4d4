#include "http/server/loop.h"

#include "base/encoding.h"
#include "http/server/errors.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace stagedoor::http {

namespace asio = boost::asio;

namespace {

// Exchanges kept for later: as many requests as are usually under way at once. About 26 KiB each.
constexpr std::size_t kKeptExchanges = 64;
constexpr std::size_t kKeptAnswerBytes = 16 * 1024;
constexpr std::size_t kRequestIdBytes = 16;

std::chrono::milliseconds sweep_interval_for(const Limits& limits) {
    const auto shortest = std::min(
        {limits.idle_time,
         limits.header_time,
         limits.byte_time,
         limits.request_time,
         limits.handler_time,
         limits.write_time}
    );
    return std::clamp(shortest / 8, std::chrono::milliseconds(5), std::chrono::milliseconds(500));
}

std::string text_of(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    }
    return address.to_string();
}

}  // namespace

Loop::Loop(
    asio::io_context& io_context,
    Handler& request_handler,
    const Limits& limits_of_server,
    base::Log& log_of_server,
    const base::Clock& clock_of_server,
    base::Random& random_of_server
)
    : context(io_context),
      handler(request_handler),
      limits(limits_of_server),
      log(log_of_server),
      clock(clock_of_server),
      random(random_of_server),
      drained(io_context),
      sweep_timer_(io_context),
      sweep_interval_(sweep_interval_for(limits_of_server)) {}

void Loop::adopt(Stream::Socket socket, const asio::ip::tcp::endpoint& peer, crypto::TlsContext* tls) {
    boost::system::error_code error;
    socket.non_blocking(true, error);
    if (!error) socket.set_option(asio::ip::tcp::no_delay(true), error);
    if (error) return;  // the peer has gone already
    if (connections >= limits.connections && !evict_idle()) {
        refuse(std::move(socket), tls != nullptr);
        return;
    }
    std::optional<crypto::TlsSession> session;
    if (tls != nullptr) session.emplace(tls->accept(socket.native_handle()));
    Stream stream(std::move(socket), std::move(session));
    std::make_shared<Connection>(shared_from_this(), std::move(stream), text_of(peer.address()))->start();
    if (sweeping_) return;
    sweeping_ = true;
    asio::co_spawn(
        context, [self = shared_from_this()] { return self->sweep_while_needed(); }, asio::detached
    );
}

void Loop::refuse(Stream::Socket socket, bool tls) {
    const auto now = clock.steady();
    if (now - full_logged_ >= std::chrono::seconds(1)) {
        full_logged_ = now;
        log.warning(
            errors::kTooManyConnections.code, {{"connections", static_cast<std::int64_t>(limits.connections)}}
        );
    }
    if (tls) return;  // a handshake would cost more than the connection is worth
    const auto response = error_response(base::Error(errors::kTooManyConnections, "The server is busy"));
    const std::string id = new_request_id();
    const ResponseContext answer{.date = date.at(clock.now()), .request_id = id, .close = true};
    std::string out;
    const auto written = write_response(response, answer, out);
    if (!written) return;
    // Best effort: a request that has come already makes the kernel reset the connection behind this answer.
    boost::system::error_code ignored;
    socket.write_some(asio::buffer(out), ignored);
    socket.shutdown(asio::socket_base::shutdown_send, ignored);
}

bool Loop::evict_idle() {
    if (idle_.empty()) return false;
    idle_.front().close_when_idle();
    return true;
}

std::size_t Loop::cut_all() {
    std::vector<std::shared_ptr<Connection>> open;
    for (List* list : {&idle_, &busy_}) {
        for (auto& connection : *list) open.push_back(connection.shared_from_this());
    }
    for (const auto& connection : open) connection->cut();
    return open.size();
}

void Loop::start_draining() {
    draining = true;
    for (const auto& acceptor : acceptors) {
        boost::system::error_code ignored;
        acceptor->close(ignored);
    }
    while (!idle_.empty()) idle_.front().close_when_idle();
    if (connections == 0) sweep_timer_.cancel();
}

std::unique_ptr<Exchange> Loop::borrow_exchange() {
    if (exchanges_.empty()) return std::make_unique<Exchange>(limits);
    auto exchange = std::move(exchanges_.back());
    exchanges_.pop_back();
    return exchange;
}

void Loop::give_back(std::unique_ptr<Exchange> exchange) {
    if (exchanges_.size() >= kKeptExchanges) return;
    exchange->reader.clear();
    if (exchange->out.capacity() > kKeptAnswerBytes) exchange->out = {};
    exchanges_.push_back(std::move(exchange));
}

std::string Loop::new_request_id() {
    if (id_bytes_used_ == id_bytes_.size()) {
        random.fill(id_bytes_);
        id_bytes_used_ = 0;
    }
    const auto bytes = std::span(id_bytes_).subspan(id_bytes_used_, kRequestIdBytes);
    id_bytes_used_ += kRequestIdBytes;
    return base::base64url_encode(bytes);
}

void Loop::enter_list(Connection& connection) {
    busy_.push_back(connection);
    connections.store(connections + 1, std::memory_order_relaxed);
}

void Loop::leave_list(Connection& connection, bool idle) {
    List& list = idle ? idle_ : busy_;
    list.erase(List::s_iterator_to(connection));
    connections.store(connections - 1, std::memory_order_relaxed);
    if (!draining || connections != 0) return;
    drained.cancel();
    sweep_timer_.cancel();
}

void Loop::move_to_idle(Connection& connection) {
    idle_.splice(idle_.end(), busy_, List::s_iterator_to(connection));
}

void Loop::move_to_busy(Connection& connection) {
    busy_.splice(busy_.end(), idle_, List::s_iterator_to(connection));
}

base::Task<> Loop::sweep_while_needed() {
    while (connections != 0) {
        sweep_timer_.expires_after(sweep_interval_);
        co_await sweep_timer_.async_wait(base::kAwait);
        sweep();
    }
    sweeping_ = false;
}

// One timer for all deadlines of the loop: arming one for each step of each connection costs more than
// serving it.
void Loop::sweep() {
    const auto now = clock.steady();
    // First all are found, then they are told: what is told may leave the list.
    std::vector<std::shared_ptr<Connection>> due;
    std::vector<std::shared_ptr<Connection>> handling;
    for (auto& connection : idle_) {
        if (!connection.is_due(now)) break;
        due.push_back(connection.shared_from_this());
    }
    polled_.clear();
    for (auto& connection : busy_) {
        if (connection.is_due(now)) {
            due.push_back(connection.shared_from_this());
        } else if (connection.is_handling()) {
            handling.push_back(connection.shared_from_this());
            polled_.push_back({connection.native_handle(), POLLRDHUP, 0});
        }
    }
    for (const auto& connection : due) connection->expire();
    // The end of the peer's side shows here even behind requests that wait to be read.
    if (polled_.empty() || ::poll(polled_.data(), polled_.size(), 0) <= 0) return;
    for (std::size_t i = 0; i < polled_.size(); ++i) {
        if ((polled_[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0) handling[i]->client_gone();
    }
}

}  // namespace stagedoor::http
