#pragma once

#include "base/result.h"
#include "base/task.h"
#include "flow/context.h"

namespace stagedoor::flow {

// POST /{provider}/logout: ends the session of this browser at once, then tells the provider (RFC 7009),
// whose failure is logged and changes nothing. For scripts of admitted pages only (see guard.h).
[[nodiscard]] base::Task<base::Result<http::Response>> logout(const Context& context, Exchange exchange);

}  // namespace stagedoor::flow
