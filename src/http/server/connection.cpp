#include "http/server/connection.h"

#include "http/server/errors.h"
#include "http/server/loop.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace stagedoor::http {

namespace asio = boost::asio;
using base::fail;
using base::Result;

namespace {

// Requests that a pipelining client is served before the other connections have their turn.
constexpr std::size_t kMaxStreak = 32;
// What is read of a client that is still sending while we have answered and closed.
constexpr std::chrono::milliseconds kLingerTime{2'000};
constexpr std::size_t kLingerBytes = 1U << 20U;
constexpr std::size_t kLoggedPathBytes = 512;

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, Stream stream, std::string remote_address)
    : loop_(std::move(loop)), stream_(std::move(stream)), remote_address_(std::move(remote_address)) {
    loop_->enter_list(*this);
}

Connection::~Connection() {
    loop_->leave_list(*this, in_idle_list_);
}

void Connection::start() {
    // The slot must outlive the coroutine: the completion handler holds us until both have ended.
    auto ended = [self = shared_from_this()](const std::exception_ptr& failure) {
        if (!failure) return;
        try {
            std::rethrow_exception(failure);
        } catch (const std::exception& error) {
            self->loop_->log.error("http.connection_failed", {{"detail", std::string_view(error.what())}});
        }
    };
    asio::co_spawn(
        loop_->context, run(), asio::bind_cancellation_slot(cancel_handler_.slot(), std::move(ended))
    );
}

void Connection::expire() {
    expired_ = true;
    if (phase_ == Phase::handler) {
        interrupt_handler();
    } else {
        stream_.cancel();
    }
}

void Connection::client_gone() {
    gone_ = true;
    interrupt_handler();
}

void Connection::close_when_idle() {
    closing_ = true;
    if (!in_idle_list_) return;
    in_idle_list_ = false;
    loop_->move_to_busy(*this);
    stream_.cancel();
}

void Connection::cut() {
    cut_ = true;
    stream_.abort();
    stream_.cancel();
    if (phase_ == Phase::handler) interrupt_handler();
}

void Connection::interrupt_handler() {
    if (std::exchange(interrupted_, true)) return;
    cancel_handler_.emit(asio::cancellation_type::all);
}

void Connection::enter(Phase phase, std::chrono::milliseconds time) {
    phase_ = phase;
    expired_ = false;
    deadline_ = loop_->clock.steady() + time;
}

void Connection::enter_receiving(Progress progress) {
    const Limits& limits = loop_->limits;
    enter(Phase::request, limits.byte_time);
    deadline_ = std::min(deadline_, started_ + limits.request_time);
    if (progress != Progress::body) deadline_ = std::min(deadline_, started_ + limits.header_time);
}

base::Task<> Connection::run() {
    if (stream_.has_tls()) {
        const bool secure = co_await shake_hands();
        if (!secure) co_return;
    }
    bool open = true;
    while (open) {
        if (!exchange_ || exchange_->reader.empty()) {
            const bool arrived = co_await await_first_bytes();
            if (!arrived) break;
            streak_ = 0;
        } else if (++streak_ == kMaxStreak) {
            streak_ = 0;
            co_await asio::post(loop_->context, base::kAwait);
        }
        open = co_await serve();
    }
    stream_.shutdown_send();
    if (exchange_) loop_->give_back(std::move(exchange_));
}

base::Task<bool> Connection::shake_hands() {
    enter(Phase::handshake, loop_->limits.header_time);
    const auto status = co_await stream_.handshake();
    if (status == Stream::Status::done && !expired_ && !cut_) co_return true;
    const auto detail = expired_ ? std::string_view("timeout") : stream_.failure();
    loop_->log.debug(
        "tls.handshake_failed", {{"remote", std::string_view(remote_address_)}, {"detail", detail}}
    );
    co_return false;
}

base::Task<bool> Connection::await_first_bytes() {
    if (exchange_) loop_->give_back(std::move(exchange_));
    Stream::Transfer transfer{Stream::Status::broken, 0};
    enter(Phase::idle, loop_->limits.idle_time);
    if (!closing_ && !loop_->draining) {
        loop_->move_to_idle(*this);
        in_idle_list_ = true;
        transfer = co_await stream_.read(first_bytes_);
        if (std::exchange(in_idle_list_, false)) loop_->move_to_busy(*this);
    }
    // A request may have come in the moment in which we decided to close; it is still answered.
    const bool cancelled = transfer.status == Stream::Status::broken && !expired_ && !cut_;
    if (cancelled) transfer = stream_.try_read(first_bytes_);
    if (transfer.status != Stream::Status::done) co_return false;
    exchange_ = loop_->borrow_exchange();
    std::ranges::copy_n(
        first_bytes_.data(), static_cast<std::ptrdiff_t>(transfer.bytes), exchange_->reader.space().data()
    );
    exchange_->reader.commit(transfer.bytes);
    co_return true;
}

base::Task<Result<Connection::Progress>> Connection::receive() {
    RequestReader& reader = exchange_->reader;
    STAGEDOOR_CO_TRY(auto progress, reader.advance());
    while (progress == Progress::head || progress == Progress::body) {
        enter_receiving(progress);
        const auto transfer = co_await stream_.read(reader.space());
        if (expired_ && !cut_) co_return fail(errors::kRequestTimeout, "The request took too long to arrive");
        gone_ = transfer.status != Stream::Status::done;
        if (gone_) co_return fail(lost());
        reader.commit(transfer.bytes);
        STAGEDOOR_CO_TRY(progress, reader.advance());
    }
    co_return progress;
}

base::Task<bool> Connection::serve() {
    started_ = loop_->clock.steady();
    request_id_ = loop_->new_request_id();
    const auto progress = co_await receive();
    if (!progress) {
        co_await refuse(progress.error());
        co_return false;
    }
    if (*progress == Progress::nothing) co_return true;

    const auto response = co_await call_handler();
    if (!response) {
        co_await refuse(response.error());
        co_return false;
    }
    ++served_;
    const bool wanted = exchange_->reader.keep_alive();
    const bool last = closing_ || loop_->draining || served_ >= loop_->limits.requests_per_connection;
    const auto formatted = format(*response, wanted && !last);
    if (!formatted) {
        co_await refuse(formatted.error());
        co_return false;
    }
    const bool sent = co_await send(*response);
    if (sent && wanted && last) co_await linger();
    if (!sent || !wanted || last) co_return false;
    exchange_->reader.next();
    co_return true;
}

base::Task<Result<Response>> Connection::call_handler() {
    request_ = exchange_->reader.request();
    request_.id = request_id_;
    request_.remote_address = remote_address_;
    enter(Phase::handler, loop_->limits.handler_time);
    std::string failure;
    try {
        auto response = co_await loop_->handler.handle(request_);
        if (!interrupted_) {
            phase_ = Phase::answer;
            co_return response;
        }
    } catch (const std::exception& error) {
        failure = error.what();
    } catch (...) {
        failure = "not an exception of the standard library";
    }
    phase_ = Phase::answer;
    if (!std::exchange(interrupted_, false)) {
        co_return fail(
            base::Error(errors::kHandlerFailed, "An internal error occurred").with_detail(std::move(failure))
        );
    }
    // The cancellation was the handler's; what we await from here on is to go on.
    co_await asio::this_coro::reset_cancellation_state();
    if (gone_ || cut_) co_return fail(lost());
    co_return fail(errors::kHandlerTimeout, "The request took too long to be answered");
}

base::Error Connection::lost() const {
    if (cut_) return {errors::kServerStopped, "The server stops"};
    return {errors::kClientClosed, "The client has closed the connection"};
}

Result<void> Connection::format(const Response& response, bool keep) {
    const RequestReader& reader = exchange_->reader;
    const ResponseContext context{
        .date = loop_->date.at(loop_->clock.now()),
        .request_id = request_id_,
        .close = !keep,
        .announce_keep_alive = keep && reader.is_http_1_0(),
        .without_body = reader.unjudged_head().method == "HEAD",
    };
    exchange_->out.clear();
    return write_response(response, context, exchange_->out);
}

base::Task<bool> Connection::send(const Response& response) {
    const bool sent = co_await write();
    std::string_view error = response.error_code;
    if (!sent) error = expired_ && !cut_ ? errors::kWriteTimeout.code : lost().code();
    log_request(response.status, error, response.body.size());
    co_return sent;
}

base::Task<> Connection::refuse(base::Error error) {
    if (!error.detail().empty()) {
        const std::string_view detail = error.detail();
        loop_->log.warning(error.code(), {{"id", std::string_view(request_id_)}, {"detail", detail}});
    }
    if (gone_ || cut_) {
        log_request(error.status(), error.code(), 0);
        co_return;
    }
    const Response response = error_response(error);
    const auto formatted = format(response, false);
    if (!formatted) co_return;
    const bool sent = co_await send(response);
    if (sent) co_await linger();
}

base::Task<bool> Connection::write() {
    std::string_view rest = exchange_->out;
    // Most answers fit into the socket's buffer, so that nothing has to be awaited.
    const auto transfer = stream_.try_write(rest);
    if (transfer.status == Stream::Status::done) {
        rest.remove_prefix(transfer.bytes);
    } else if (transfer.status != Stream::Status::would_block) {
        co_return false;
    }
    if (rest.empty()) co_return true;
    enter(Phase::answer, loop_->limits.write_time);
    const auto status = co_await stream_.write(rest);
    if (expired_) stream_.abort();
    co_return status == Stream::Status::done;
}

// Closing a socket with unread bytes makes the kernel reset the connection, and the client lose the answer.
// So we end our side, and read on for a while (RFC 9112, section 9.6).
base::Task<> Connection::linger() {
    loop_->give_back(std::move(exchange_));
    stream_.shutdown_send();
    enter(Phase::linger, kLingerTime);
    std::size_t read = 0;
    while (!expired_ && !cut_ && read < kLingerBytes) {
        const auto transfer = co_await stream_.read(first_bytes_);
        if (transfer.status != Stream::Status::done) co_return;
        read += transfer.bytes;
    }
}

void Connection::log_request(int status, std::string_view error, std::size_t bytes) const {
    const auto head = exchange_->reader.unjudged_head();
    const auto path =
        head.target.starts_with('/') ? head.target.substr(0, head.target.find('?')) : std::string_view();
    const std::chrono::duration<double, std::milli> duration = loop_->clock.steady() - started_;
    const std::array<base::LogField, 8> fields{{
        {"id", std::string_view(request_id_)},
        {"method", head.method},
        {"path", path.substr(0, kLoggedPathBytes)},
        {"status", std::int64_t{status}},
        {"duration_ms", duration.count()},
        {"bytes", static_cast<std::int64_t>(bytes)},
        {"remote", std::string_view(remote_address_)},
        {"error", error},
    }};
    const auto level = status >= 500 ? base::LogLevel::warning : base::LogLevel::info;
    loop_->log.write(level, "request", std::span(fields).first(error.empty() ? 7 : 8));
}

}  // namespace stagedoor::http
