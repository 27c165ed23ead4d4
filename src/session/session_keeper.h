#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "base/task.h"
#include "base/waiter.h"
#include "crypto/seal.h"
#include "session/memory.h"
#include "session/session_cookie.h"
#include "session/store.h"

#include <optional>
#include <string>

namespace stagedoor::session {

// Begins, looks up and ends sessions; what happens to one in between is the Rotation's. One per loop.
class SessionKeeper {
 public:
    SessionKeeper(
        Store& store,
        Memory& memory,
        const crypto::KeyRing& keys,
        const base::Clock& clock,
        base::Waiter& waiter,
        base::Random& random,
        base::Log& log
    );

    // The newest record of a session, without a call to the provider; nothing if it is not known, or has
    // ended.
    [[nodiscard]] base::Task<std::optional<SessionRecord>> look_up(
        std::string provider, std::string environment, Presented presented
    );

    // Ends the session for good, here at once and in the store as soon as that can be told. Yields its newest
    // record, so that the provider can be told as well; nothing if that is not known.
    [[nodiscard]] base::Task<std::optional<SessionRecord>> sign_out(
        std::string provider, std::string environment, Presented presented
    );

    // Puts a new session into the store. False if the store can't be reached: then it is all in the cookie.
    [[nodiscard]] base::Task<bool> begin(std::string provider, std::string environment, SessionRecord record);

    // A new login takes the place of this session in its browser. For a minute nobody is answered from it, so
    // that no late answer brings its cookie back; then it goes within a day, unless the browser still shows
    // its cookie because the answer to the login was lost.
    [[nodiscard]] base::Task<> retire(std::string provider, std::string environment, Presented presented);

 private:
    [[nodiscard]] base::Task<> end_later(StoredSession session);

    Store& store_;
    Memory& memory_;
    const crypto::KeyRing& keys_;
    const base::Clock& clock_;
    base::Waiter& waiter_;
    base::Random& random_;
    base::Log& log_;
};

}  // namespace stagedoor::session
