#pragma once

#include "base/result.h"
#include "base/task.h"
#include "flow/context.h"

namespace stagedoor::flow {

// GET /{provider}/start: sends the browser to the provider's consent screen.
//   scope        what the app wants, separated by white space, "|" or ","
//   origin       of the app's page; default: of app.baseUrl
//   flow         "popup" (default) or "redirect"
//   redirectUrl  for "redirect": where the browser goes in the end
// The answer is a redirect that carries the sealed state, and sets the cookie of this flow.
[[nodiscard]] base::Task<base::Result<http::Response>> start(const Context& context, Exchange exchange);

}  // namespace stagedoor::flow
