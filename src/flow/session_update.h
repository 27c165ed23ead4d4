#pragma once

#include "base/clock.h"
#include "provider/provider.h"
#include "session/session_record.h"

namespace stagedoor::flow {

// The session that a login makes. Nothing if its grant has no credential: then there is none to keep.
[[nodiscard]] std::optional<session::SessionRecord> begin_session(
    const provider::Grant& grant, const provider::Settings& settings, base::SystemTime now
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
