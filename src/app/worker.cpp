#include "app/worker.h"

#include "base/timer.h"
#include "base/url.h"
#include "store/janitor.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/core.h>

#include <stdexcept>

namespace stagedoor::app {

namespace {

provider::Registry make_registry(const Shared& shared, const provider::Network& network) {
    provider::Registry registry;
    for (const auto& settings : shared.providers) {
        try {
            registry.add(provider::make_provider(settings, network));
        } catch (const std::invalid_argument& error) {
            throw std::invalid_argument(
                fmt::format("auth.providers.{}.{}: {}", settings.provider, settings.environment, error.what())
            );
        }
    }
    return registry;
}

std::string path_of(const std::string& url) {
    const auto parsed = base::Url::parse(url);
    auto path = parsed ? parsed->path() : std::string("/");
    while (path.ends_with('/')) path.pop_back();
    return path;
}

}  // namespace

Worker::Worker(const Shared& shared)
    : shared_(shared),
      store_(shared.stores.make(loop_.get_executor())),
      sessions_(*store_, shared.rotation.memory, shared.keys, shared.clock, waiter_, random_, shared.log),
      rotation_(
          shared.rotation_settings,
          *store_,
          shared.rotation,
          shared.keys,
          shared.clock,
          waiter_,
          random_,
          shared.log
      ),
      client_(std::make_unique<http::CurlClient>(loop_, shared.client, shared.log)),
      providers_(make_registry(
          shared,
          {.executor = loop_.get_executor(), .client = *client_, .clock = shared.clock, .log = shared.log}
      )),
      context_{
          .executor = loop_.get_executor(),
          .clock = shared.clock,
          .random = random_,
          .log = shared.log,
          .keys = shared.keys,
          .store = *store_,
          .sessions = sessions_,
          .rotation = rotation_,
          .breakers = shared.breakers,
          .waiter = waiter_,
          .origins = shared.origins,
          .cookie_form = shared.cookie_form,
          .announce_origin = shared.announce_origin,
          .base_path = path_of(shared.service.base_url),
      },
      service_(shared.service, context_, providers_, shared.phase),
      server_(
          std::make_unique<http::Server>(loop_, service_, shared.limits, shared.log, shared.clock, random_)
      ) {}

Worker::~Worker() {
    // Connections and calls end while what they refer to is still there; their handlers run to tell them so.
    server_.reset();
    client_.reset();
    loop_.restart();
    loop_.poll();
}

void Worker::listen(const http::ListenAddress& address, std::shared_ptr<crypto::TlsContext> tls) {
    server_->listen(address, std::move(tls));
}

std::uint16_t Worker::port() const {
    return server_->port();
}

void Worker::keep_store_swept() {
    constexpr std::chrono::minutes kPause{1};
    constexpr std::size_t kStep = 500;
    boost::asio::co_spawn(
        loop_, store::sweep_again_and_again(*store_, waiter_, kPause, kStep), boost::asio::detached
    );
}

void Worker::run() {
    const auto work = boost::asio::make_work_guard(loop_);
    loop_.run();
}

void Worker::stop(std::chrono::milliseconds deadline) {
    boost::asio::post(loop_, [this, deadline] {
        boost::asio::co_spawn(loop_, drain(deadline), boost::asio::detached);
    });
}

base::Task<> Worker::drain(std::chrono::milliseconds deadline) {
    constexpr std::chrono::milliseconds kStep{20};
    const auto end = shared_.clock.steady() + deadline;
    const auto cut = co_await server_->drain(deadline);
    if (cut > 0) {
        shared_.log.warning("server.connections_cut", {{"connections", static_cast<std::int64_t>(cut)}});
    }
    // A refresh whose caller has gone still has an answer to come: a new credential that must not be lost for
    // others that wait for it.
    base::Timer timer(loop_.get_executor());
    const auto is_busy = [this] {
        const auto& rotation = shared_.rotation;
        return rotation.flights.running() > 0 || rotation.unwritten > 0 ||
               rotation.memory.unstored_ends() > 0;
    };
    while (is_busy() && shared_.clock.steady() < end) {
        timer.expires_after(kStep);
        const auto [cancelled] = co_await timer.async_wait(base::kAwait);
        if (cancelled) break;
    }
    loop_.stop();
}

}  // namespace stagedoor::app
