#pragma once

#include "config/findings.h"
#include "config/load.h"
#include "config/value.h"

namespace stagedoor::config {

// What the variables named APP_CONFIG_... say, as one object: APP_CONFIG_auth_session_secret is
// auth.session.secret. A value that is JSON has the type that it has there, any other is text.
[[nodiscard]] Value environment_overrides(const Environment& environment, Findings& findings);

}  // namespace stagedoor::config
