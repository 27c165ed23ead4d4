#include "http/server/stream.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/socket_base.hpp>

namespace stagedoor::http {

namespace asio = boost::asio;
using TlsStatus = crypto::TlsSession::Status;

namespace {

Stream::Transfer judge(const boost::system::error_code& error, std::size_t bytes) {
    if (!error) return {Stream::Status::done, bytes};
    if (error == asio::error::would_block || error == asio::error::try_again)
        return {Stream::Status::would_block, 0};
    if (error == asio::error::eof) return {Stream::Status::closed, 0};
    return {Stream::Status::broken, 0};
}

bool must_wait(TlsStatus status) {
    return status == TlsStatus::wants_read || status == TlsStatus::wants_write;
}

Stream::Status judge(TlsStatus status) {
    if (status == TlsStatus::done) return Stream::Status::done;
    if (must_wait(status)) return Stream::Status::would_block;
    return status == TlsStatus::closed ? Stream::Status::closed : Stream::Status::broken;
}

}  // namespace

Stream::Stream(Socket socket, std::optional<crypto::TlsSession> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {}

base::Task<bool> Stream::wait_for(TlsStatus wanted) {
    const auto direction =
        wanted == TlsStatus::wants_read ? asio::socket_base::wait_read : asio::socket_base::wait_write;
    const auto [error] = co_await socket_.async_wait(direction, base::kAwait);
    co_return !error;
}

base::Task<Stream::Status> Stream::handshake() {
    if (!tls_) co_return Status::done;
    for (;;) {
        const auto status = tls_->handshake();
        if (!must_wait(status)) co_return judge(status);
        const bool ready = co_await wait_for(status);
        if (!ready) co_return Status::broken;
    }
}

Stream::Transfer Stream::try_read(std::span<char> out) {
    if (tls_) {
        const auto transfer = tls_->read(out);
        return {judge(transfer.status), transfer.bytes};
    }
    boost::system::error_code error;
    const auto bytes = socket_.read_some(asio::buffer(out.data(), out.size()), error);
    return judge(error, bytes);
}

base::Task<Stream::Transfer> Stream::read(std::span<char> out) {
    if (!tls_) {
        const auto [error, bytes] =
            co_await socket_.async_read_some(asio::buffer(out.data(), out.size()), base::kAwait);
        co_return judge(error, bytes);
    }
    for (;;) {
        const auto transfer = tls_->read(out);
        if (!must_wait(transfer.status)) co_return Transfer{judge(transfer.status), transfer.bytes};
        const bool ready = co_await wait_for(transfer.status);
        if (!ready) co_return Transfer{Status::broken, 0};
    }
}

Stream::Transfer Stream::try_write(std::string_view data) {
    if (tls_) {
        const auto transfer = tls_->write(data);
        return {judge(transfer.status), transfer.bytes};
    }
    boost::system::error_code error;
    const auto bytes = socket_.write_some(asio::buffer(data), error);
    return judge(error, bytes);
}

base::Task<Stream::Status> Stream::write(std::string_view data) {
    while (!data.empty()) {
        std::size_t written = 0;
        if (tls_) {
            const auto transfer = tls_->write(data);
            if (must_wait(transfer.status)) {
                const bool ready = co_await wait_for(transfer.status);
                if (!ready) co_return Status::broken;
                continue;
            }
            if (transfer.status != TlsStatus::done) co_return judge(transfer.status);
            written = transfer.bytes;
        } else {
            const auto [error, bytes] = co_await socket_.async_write_some(asio::buffer(data), base::kAwait);
            if (error) co_return judge(error, 0).status;
            written = bytes;
        }
        data.remove_prefix(written);
    }
    co_return Status::done;
}

void Stream::cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

void Stream::shutdown_send() {
    if (tls_) tls_->close_notify();
    boost::system::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

void Stream::abort() {
    boost::system::error_code ignored;
    socket_.set_option(asio::socket_base::linger(true, 0), ignored);
}

}  // namespace stagedoor::http
