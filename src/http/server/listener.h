#pragma once

#include "base/task.h"
#include "crypto/tls_context.h"
#include "http/server/loop.h"
#include "http/server/settings.h"

#include <memory>
#include <vector>

namespace stagedoor::http {

// Listens on every address that the host stands for, with SO_REUSEPORT. Throws std::system_error, naming the
// address. Of the addresses of a name, those that this machine does not have are left out, unless none
// remains.
[[nodiscard]] std::vector<std::shared_ptr<Acceptor>> open_acceptors(
    boost::asio::io_context& context, const ListenAddress& address
);

// Throws std::system_error if somebody listens on `address` already.
void require_address_free(const ListenAddress& address);

// Accepts until the acceptor is closed.
[[nodiscard]] base::Task<> accept_connections(
    std::shared_ptr<Loop> loop, std::shared_ptr<Acceptor> acceptor, std::shared_ptr<crypto::TlsContext> tls
);

}  // namespace stagedoor::http
