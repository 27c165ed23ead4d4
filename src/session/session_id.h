#pragma once

#include "base/random.h"
#include "base/secret.h"

#include <string>
#include <string_view>

namespace stagedoor::session {

// The name of a new session: 128 random bits in base64url. It is no secret by itself: a cookie that names it
// is sealed.
[[nodiscard]] std::string make_session_id(base::Random& random);

// The name of a session whose cookie was made before sessions had names, or by another program: the same for
// every tab and replica that gets this cookie. A digest, so that it tells nothing of the credential.
[[nodiscard]] std::string derive_session_id(
    std::string_view provider, std::string_view environment, const base::Secret& credential
);

}  // namespace stagedoor::session
