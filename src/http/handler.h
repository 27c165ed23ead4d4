#pragma once

#include "base/task.h"
#include "http/message.h"

namespace stagedoor::http {

// Answers requests. It never throws for a reason that lies in the request. If the client goes away, the task
// is cancelled (asio's cancellation), and with it every call that it awaits.
class Handler {
 public:
    virtual ~Handler() = default;
    [[nodiscard]] virtual base::Task<Response> handle(const Request& request) = 0;
};

}  // namespace stagedoor::http
