#pragma once

#include "base/result.h"
#include "base/task.h"
#include "flow/context.h"

namespace stagedoor::flow {

// GET or POST /{provider}/refresh: fresh tokens for the session of this browser.
//   scope   what the app wants; may be left out
// For scripts of admitted pages only (see guard.h). Failures: 401 if there is no session, or its end is the
// provider's own word (then the cookie goes); 503 with Retry-After if the provider can't be reached or is not
// able to answer, which ends nothing.
[[nodiscard]] base::Task<base::Result<http::Response>> refresh(const Context& context, Exchange exchange);

}  // namespace stagedoor::flow
