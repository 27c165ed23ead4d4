#pragma once

#include "base/log.h"
#include "base/task.h"
#include "http/client/curl_client.h"
#include "http/client/curl_handle.h"
#include "http/client/curl_transfer.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace stagedoor::http {

// Drives libcurl's multi handle with the loop of one thread: libcurl says which sockets and which time it
// waits for, and is told when they are ready (libcurl-multi(3), "Multi socket").
class CurlEngine {
 public:
    CurlEngine(boost::asio::io_context& loop, CurlSettings settings, base::Log& log);
    ~CurlEngine();
    CurlEngine(const CurlEngine&) = delete;
    CurlEngine& operator=(const CurlEngine&) = delete;

    [[nodiscard]] base::Executor executor() const { return executor_; }
    [[nodiscard]] const CurlSettings& settings() const { return settings_; }
    // The proxy that an https URL outside of NO_PROXY goes through, or an empty text.
    [[nodiscard]] const base::Secret& https_proxy() const { return https_proxy_; }

    // An easy handle with all that does not depend on the request: a used one, if there is one.
    [[nodiscard]] CurlEasy take_handle();
    void give_back(CurlEasy handle);

    void add(CurlTransfer& transfer);
    // Takes a transfer off that has not ended. Its connection is closed.
    void remove(CurlTransfer& transfer);

 private:
    struct Watch;
    struct Anchor;

    static int on_socket(CURL* easy, curl_socket_t socket, int wanted, void* engine, void* watch) noexcept;
    static int on_timer(CURLM* multi, long milliseconds, void* engine) noexcept;

    void watch(curl_socket_t socket, int wanted);
    void release(curl_socket_t socket);
    void arm(const std::shared_ptr<Watch>& watch);
    void ready(const std::shared_ptr<Watch>& watch, int event);
    void update_timer();
    void timer_fired();
    void act(curl_socket_t socket, int event);
    void collect();
    void configure(CurlEasy& handle) const;

    base::Executor executor_;
    CurlSettings settings_;
    base::Log& log_;
    base::Secret https_proxy_;
    CurlMulti multi_;
    std::shared_ptr<Anchor> anchor_;  // tells handlers that run later whether the engine is still there
    CurlTransfer::Timer timer_;
    std::optional<CurlTransfer::Timer::time_point> due_;    // when libcurl wants to be called
    std::optional<CurlTransfer::Timer::time_point> armed_;  // when timer_ will fire
    std::unordered_map<curl_socket_t, std::shared_ptr<Watch>> watches_;
    std::unordered_set<CurlTransfer*> transfers_;
    std::vector<CurlEasy> idle_;
};

}  // namespace stagedoor::http
