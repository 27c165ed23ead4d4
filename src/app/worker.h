#pragma once

#include "app/session_stores.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/waiter.h"
#include "crypto/seal.h"
#include "crypto/system_random.h"
#include "crypto/tls_context.h"
#include "flow/context.h"
#include "flow/service.h"
#include "http/client/curl_client.h"
#include "http/server/server.h"
#include "provider/circuit_breaker.h"
#include "provider/registry.h"
#include "session/rotation.h"
#include "session/session_keeper.h"
#include "session/store.h"

#include <boost/asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace stagedoor::app {

// What all workers have in common. Immutable, or safe to use from any thread.
struct Shared {
    base::Clock& clock;
    base::Log& log;
    const crypto::KeyRing& keys;
    session::RotationShared& rotation;
    session::RotationSettings rotation_settings;
    provider::CircuitBreakers& breakers;
    const SessionStores& stores;
    const flow::AllowedOrigins& origins;
    const std::atomic<flow::Phase>& phase;
    session::CookieForm cookie_form;
    bool announce_origin;
    http::Limits limits;
    http::CurlSettings client;
    std::vector<provider::Settings> providers;
    flow::ServiceSettings service;
};

// One loop on one thread, with everything that belongs to it alone: connections, calls to providers, what is
// known of them. A request stays on the loop that accepted it.
class Worker {
 public:
    // Throws std::invalid_argument for provider settings that cannot work.
    explicit Worker(const Shared& shared);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    // Before run(). Throws std::system_error.
    void listen(const http::ListenAddress& address, std::shared_ptr<crypto::TlsContext> tls);
    [[nodiscard]] std::uint16_t port() const;
    // Before run(), on one of the workers: removes what has expired from the session store, for all of them.
    void keep_store_swept();
    // Serves until stop() has been called and what was under way has ended.
    void run();
    // From any thread: no new connections; requests under way have until `deadline`.
    void stop(std::chrono::milliseconds deadline);

 private:
    base::Task<> drain(std::chrono::milliseconds deadline);

    const Shared& shared_;
    crypto::SystemRandom random_;
    boost::asio::io_context loop_{1};
    base::TimerWaiter waiter_{loop_.get_executor()};
    std::unique_ptr<session::Store> store_;
    session::SessionKeeper sessions_;
    session::Rotation rotation_;
    std::unique_ptr<http::CurlClient> client_;
    provider::Registry providers_;
    flow::Context context_;
    flow::Service service_;
    std::unique_ptr<http::Server> server_;
};

}  // namespace stagedoor::app
