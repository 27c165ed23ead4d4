#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "http/cookie.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// The way by which the result of a login in a popup reaches the page that asked for it when the browser has
// cut the two windows apart: the page names a channel at the start, the result is kept at the end, and the
// page fetches it. It is for the browser that ran the flow alone, which has a cookie to show for it: while
// the login is under way that of the flow, and afterwards a marker in its place.
namespace stagedoor::session {

// How long a result is kept, and the marker with it.
inline constexpr std::chrono::seconds kResultLifetime{120};

// 22 to 64 characters of base64url: 128 random bits or more.
[[nodiscard]] bool is_channel(std::string_view text);

// A login as far as its channel goes.
struct ChannelFlow {
    std::string flow_id;
    std::string channel;
    std::string origin;    // of the page that asked for the login
    bool is_done = false;  // it has come to its end; there may be a result
};

// The value of the cookie that takes the place of the flow's own when the login has ended. It is sealed for
// this purpose, so nothing can be continued with it.
[[nodiscard]] std::string seal_done_marker(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    base::SystemTime now,
    base::Random& random
);
// True for what looks like a marker: what is told by this is counted or skipped, and never believed.
[[nodiscard]] bool is_done_marker(std::string_view cookie);

// The login with this channel that the browser has a cookie of, under way or done; the newest if there are
// several. Cookies that were not made here, for this provider and environment, or are too old count as none.
[[nodiscard]] std::optional<ChannelFlow> find_channel_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view channel,
    const http::Cookies& cookies,
    base::SystemTime now
);

// The name that the result of a login is kept under. It depends on the flow and not on the channel alone: who
// has given a victim a link with a channel of his own choice can start a flow with that channel himself, and
// gets nothing of the victim's by it.
[[nodiscard]] std::string result_name(
    std::string_view provider, std::string_view environment, const ChannelFlow& flow
);
// The result as it is kept: bound to its flow, so that a row of one login can't be passed off as another's.
[[nodiscard]] std::string seal_result(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    std::string_view message,
    base::Random& random
);
// Nothing for what seal_result did not make for this flow.
[[nodiscard]] std::optional<base::Secret> open_result(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    std::string_view sealed
);

}  // namespace stagedoor::session
