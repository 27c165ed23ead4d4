#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "provider/provider.h"
#include "session/lifetime.h"
#include "session/session_record.h"

#include <optional>

namespace stagedoor::flow {

[[nodiscard]] session::Lifetime lifetime_of(const provider::Settings& settings);

// The session that a login makes. Nothing if its grant has no credential: then there is none to keep.
[[nodiscard]] std::optional<session::SessionRecord> begin_session(
    const provider::Grant& grant,
    const provider::Settings& settings,
    base::SystemTime now,
    base::Random& random
);

// The session after a refresh. A new credential counts as a new generation, and starts the session's time
// anew.
[[nodiscard]] session::SessionRecord renew_session(
    session::SessionRecord record,
    const provider::Grant& grant,
    const provider::Settings& settings,
    base::SystemTime now
);

}  // namespace stagedoor::flow
