#pragma once

#include "base/result.h"
#include "base/task.h"
#include "flow/context.h"

#include <map>
#include <string>

namespace stagedoor::flow {

// The environments of one provider, by name.
struct ProviderTargets {
    std::string id;
    std::map<std::string, Target, std::less<>> environments;
};

// GET or POST /{provider}/handler/frame, the redirect URI: judges the provider's answer, trades the code for
// tokens, and hands them to the page that asked for them. `parameters`: of the query and, for a POST, of the
// form.
//
// Nothing in `state` is acted on before it was opened and matched with the cookie of its flow; until then a
// failure is a page that is addressed to nobody. The cookie goes with any outcome, so a state serves once.
[[nodiscard]] base::Task<base::Result<http::Response>> callback(
    const Context& context,
    const http::Request& request,
    const http::Parameters& parameters,
    const ProviderTargets& provider
);

}  // namespace stagedoor::flow
