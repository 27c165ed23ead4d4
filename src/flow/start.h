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
//   channel      for "popup": that the page asks for the result by (result.h); may be left out
//   selectAccount  "true": the user is to be asked which account to use, where the provider can do that
// The answer is a redirect that carries the sealed state, and sets the cookie of this flow.
[[nodiscard]] base::Task<base::Result<http::Response>> start(const Context& context, Exchange exchange);

}  // namespace stagedoor::flow
