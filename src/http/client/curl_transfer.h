#pragma once

#include "base/task.h"
#include "base/url.h"
#include "http/client/address.h"
#include "http/client/client.h"
#include "http/client/curl_handle.h"

#include <boost/asio/basic_waitable_timer.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::http {

class CurlEngine;

// One call, from its request to its response. It lives in the coroutine frame of the caller, so that the end
// of the frame, for whatever reason, takes it off the engine.
class CurlTransfer {
 public:
    using Timer = boost::asio::basic_waitable_timer<
        std::chrono::steady_clock,
        boost::asio::wait_traits<std::chrono::steady_clock>,
        base::Executor>;

    // `request` and `url` must outlive the transfer: libcurl reads the body from where it is.
    CurlTransfer(CurlEngine& engine, const ClientRequest& request, const base::Url& url);
    ~CurlTransfer();
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;

    // Hands the request to libcurl.
    void start();

    // Expires at the deadline, or when the transfer ends before it.
    [[nodiscard]] Timer& finished() { return finished_; }

    // After the wait for finished(), with its outcome.
    [[nodiscard]] base::Result<ClientResponse> take_result(const boost::system::error_code& waited);

    // For the engine: libcurl has ended the transfer, and the engine has taken the handle off.
    void finish(CURLcode code);
    // For the engine: it goes away.
    void detach();
    [[nodiscard]] CURL* handle() const { return easy_.get(); }
    [[nodiscard]] const std::string& host() const { return url_.host(); }
    [[nodiscard]] bool repeated() const { return attempts_ > 1; }

 private:
    enum class AddressRule : std::uint8_t { any, loopback, public_unicast };
    enum class State : std::uint8_t { idle, running, done, detached };

    void set_target();
    void set_body();
    void set_fields();
    void set_proxy();
    void set_callbacks();
    void wake();
    [[nodiscard]] bool admits(const std::optional<IpAddress>& address) const;
    [[nodiscard]] base::Error error() const;

    // Called by libcurl, with the transfer as the last argument. An exception may not pass through C, so
    // these are noexcept: out of memory ends the process.
    static std::size_t on_field(char* data, std::size_t size, std::size_t count, void* transfer) noexcept;
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* transfer) noexcept;
    static curl_socket_t on_open(void* transfer, curlsocktype purpose, curl_sockaddr* address) noexcept;
    static int on_request(
        void* transfer, char* remote, char* local, int remote_port, int local_port
    ) noexcept;
    bool add_field_line(std::string_view line);

    CurlEngine* engine_;
    const ClientRequest& request_;
    const base::Url& url_;
    CurlEasy easy_;
    CurlList fields_;
    Timer finished_;
    State state_ = State::idle;
    AddressRule address_rule_ = AddressRule::any;
    ClientResponse response_;
    std::size_t field_bytes_ = 0;
    int attempts_ = 0;
    bool in_fields_ = false;
    bool too_large_ = false;
    bool address_refused_ = false;
    CURLcode code_ = CURLE_OK;
    long connect_status_ = 0;  // of a proxy's answer to CONNECT
    std::array<char, CURL_ERROR_SIZE> detail_{};
};

}  // namespace stagedoor::http
