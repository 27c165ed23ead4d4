#pragma once

#include <string_view>

namespace stagedoor::telemetry {

// True if a field of this name would hold a secret: one of its words says so ("refresh_token",
// "clientSecret", "Set-Cookie"), and its last word does not turn it into something harmless
// ("token_endpoint", "cookie_count"). A "code" is one alone or before its kind is said ("code",
// "authorization_code"); "error_code" and "status_code" are not.
[[nodiscard]] bool is_secret_name(std::string_view name);

}  // namespace stagedoor::telemetry
