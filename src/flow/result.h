#pragma once

#include "base/result.h"
#include "base/task.h"
#include "flow/context.h"
#include "session/login_channel.h"

#include <string>

namespace stagedoor::flow {

// GET /{provider}/flow: what has come of a login in a popup, for the page that asked for it and in the
// browser that ran it. This is how the result arrives where the browser lets no message pass between the two
// windows (Cross-Origin-Opener-Policy).
//   channel  that the login was started with
//   wait     0 (default) to 20 seconds, for which the answer may be held back until there is a result
// {"status":"pending"}: the login is under way. {"status":"done","message":{...}}: the message that the
// popup's page posts, once. {"status":"gone"}: this browser has no such login, or its result was taken or is
// too old. For scripts of admitted pages only (see guard.h), and of the origin that the login was started
// for. Errors: those of admit_script, request.channel_invalid, request.wait_invalid,
// request.parameter_repeated, store.unavailable.
[[nodiscard]] base::Task<base::Result<http::Response>> result(const Context& context, Exchange exchange);

// Error: request.channel_invalid, for what session::is_channel refuses.
[[nodiscard]] base::Error channel_invalid();

// Keeps `message`, the result of `flow`, for /flow to hand out. Yields the cookie that takes the place of the
// flow's own: the marker that entitles this browser to the result, or a removal if it could not be kept,
// which is logged. The popup's page posts the message either way.
[[nodiscard]] base::Task<http::SetCookie> keep_result(
    const Context& context,
    const Target& target,
    session::ChannelFlow flow,
    session::CookieAttributes attributes,
    std::string message
);

}  // namespace stagedoor::flow
