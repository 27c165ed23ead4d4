#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "crypto/seal.h"
#include "http/cookie.h"
#include "session/cookie_jar.h"

namespace stagedoor::flow {

// Three logins by redirect within half a minute are no person's doing: the app asks for a login, gets it, and
// asks again, for instance because the browser does not keep our cookie. The count is in a sealed cookie of
// that browser.
inline constexpr int kLoginsBeforeLoop = 3;
inline constexpr std::chrono::seconds kLoopWindow{30};

struct LoopVerdict {
    bool is_loop;
    http::SetCookie
        cookie;  // with the new count; removes it if this is a loop, so that a further try is free
};

[[nodiscard]] LoopVerdict count_login(
    const crypto::KeyRing& keys,
    std::string_view provider,
    const http::Cookies& cookies,
    const session::CookieAttributes& attributes,
    base::SystemTime now,
    base::Random& random
);

}  // namespace stagedoor::flow
