#pragma once

#include "flow/context.h"
#include "oauth/scope.h"
#include "session/rotation.h"

namespace stagedoor::flow {

// The scopes as they tell one refresh from another: in order, whatever the order in which they came.
[[nodiscard]] std::string variant_of(const oauth::ScopeSet& scope);

// One renewal of a session at its provider, with what has to be done around the call: it is not made while
// the provider is known to fail (provider/circuit_breaker.h), and made again, after a moment, if the provider
// failed in a way that may be over by then and the session is still this caller's to renew.
[[nodiscard]] base::Task<session::RenewalResult> renew(
    const Context& context,
    const Target& target,
    session::SessionRecord record,
    oauth::ScopeSet scope,
    session::HoldsLease holds_lease
);

}  // namespace stagedoor::flow
