#pragma once

#include "config/config.h"
#include "flow/cors.h"
#include "flow/service.h"
#include "http/client/curl_client.h"
#include "http/server/settings.h"
#include "provider/settings.h"
#include "session/rotation.h"

#include <string>
#include <vector>

namespace stagedoor::app {

// From the configuration to the settings of each part: the parts know nothing of its keys.

[[nodiscard]] session::RotationSettings rotation_settings(const config::Auth& auth);
[[nodiscard]] http::Limits server_limits(const config::Limits& limits);
[[nodiscard]] http::ListenAddress listen_address(const config::Listen& listen);
[[nodiscard]] http::CurlSettings client_settings(const config::Client& client);
[[nodiscard]] std::vector<provider::Settings> provider_settings(const config::Config& config);
// Throws std::runtime_error for a security header that can't be sent; the message names the key.
[[nodiscard]] flow::ServiceSettings service_settings(const config::Config& config);

}  // namespace stagedoor::app
