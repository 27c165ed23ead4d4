#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/waiter.h"
#include "crypto/seal.h"
#include "flow/cookie_policy.h"
#include "flow/origins.h"
#include "flow/phase.h"
#include "http/form.h"
#include "http/message.h"
#include "provider/circuit_breaker.h"
#include "provider/registry.h"
#include "session/rotation.h"
#include "session/session_cookie.h"
#include "session/session_keeper.h"
#include "session/store.h"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace stagedoor::flow {

// What the endpoints need of the rest of the program. One per loop; what is shared between loops says so.
struct Context {
    base::Executor executor;
    const base::Clock& clock;
    base::Random& random;
    base::Log& log;
    const crypto::KeyRing& keys;  // shared, immutable
    session::Store& store;
    session::SessionKeeper& sessions;
    session::Rotation& rotation;
    provider::CircuitBreakers& breakers;  // shared
    base::Waiter& waiter;
    const AllowedOrigins& origins;                                  // shared, immutable
    session::CookieForm cookie_form = session::CookieForm::record;  // auth.session.mode
    bool announce_origin = true;                                    // auth.popup.announceOrigin
    std::string base_path;  // of this service as browsers see it: "/api/auth"
};

// A provider in one environment, with what the endpoints keep for it.
struct Target {
    provider::Provider& provider;
    CookiePolicy cookies;
    session::SessionCookie session;
    [[nodiscard]] const provider::Settings& settings() const { return provider.settings(); }
};

// A request on its way through an endpoint.
struct Exchange {
    const http::Request& request;
    const http::Parameters& query;
    const Target& target;
    std::string_view mount;  // the part of the path that is this service's: "/api/auth"
    const std::atomic<Phase>& phase;
};

// Adds the Set-Cookie fields to an answer.
void set_cookies(http::Response& response, const std::vector<http::SetCookie>& cookies, base::SystemTime now);

// The value of a parameter that may be there once. Error: request.parameter_repeated.
[[nodiscard]] base::Result<std::string_view> single(
    const http::Parameters& parameters, std::string_view name
);

}  // namespace stagedoor::flow
