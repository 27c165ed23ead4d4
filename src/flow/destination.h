#pragma once

#include "base/url.h"
#include "flow/context.h"
#include "flow/wire.h"
#include "http/message.h"

#include <optional>
#include <string>

namespace stagedoor::flow {

// Where the end of a login is told, success or failure. Both members were checked against the allowed
// origins.
struct Destination {
    base::Origin origin;  // of the page that waits for the popup's message
    std::optional<base::Url>
        redirect_url;     // of the flow "redirect": the browser goes there in place of a message
    std::string channel;  // of a popup, if its page asks for the result (result.h)
};

struct Delivery {
    http::Response response;
    std::string message;  // the one that the popup's page posts; empty for a redirect
};

[[nodiscard]] Delivery deliver(
    const Context& context, const Destination& destination, const TokenAnswer& answer
);
// A popup's message, or the parameter `error` of the redirect.
[[nodiscard]] Delivery deliver_error(
    const Context& context, const Destination& destination, const base::Error& error
);

}  // namespace stagedoor::flow
