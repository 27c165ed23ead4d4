#include "config/config.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::config {
namespace {

std::string without_trailing_slashes(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text;
}

}  // namespace

std::string auth_base_url(const Config& config) {
    if (config.discovered_auth_url) return without_trailing_slashes(config.discovered_auth_url->to_string());
    return without_trailing_slashes(config.backend.base_url.to_string()) + "/api/auth";
}

std::string callback_url(
    const Config& config, std::string_view provider, const ProviderEnvironment& environment
) {
    if (environment.callback_url) return *environment.callback_url;
    return fmt::format("{}/{}/handler/frame", auth_base_url(config), provider);
}

bool is_allowed_origin(const Config& config, const base::Origin& origin) {
    return origin == config.app_base_url.origin() ||
           std::ranges::any_of(
               config.auth.extra_allowed_origins,
               [&origin](const base::OriginPattern& pattern) { return pattern.matches(origin); }
           );
}

}  // namespace stagedoor::config
