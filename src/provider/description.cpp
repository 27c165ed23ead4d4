#include "provider/description.h"

#include <algorithm>
#include <array>

namespace stagedoor::provider {

namespace {

Endpoints with_overrides(Endpoints endpoints, const Endpoints& overrides) {
    const auto take = [](std::optional<std::string>& own, const std::optional<std::string>& other) {
        if (other) own = other;
    };
    take(endpoints.issuer, overrides.issuer);
    take(endpoints.authorization, overrides.authorization);
    take(endpoints.token, overrides.token);
    take(endpoints.userinfo, overrides.userinfo);
    take(endpoints.revocation, overrides.revocation);
    take(endpoints.jwks, overrides.jwks);
    return endpoints;
}

}  // namespace

Description with_settings(Description description, const Settings& settings) {
    description.endpoints = with_overrides(std::move(description.endpoints), settings.endpoints);
    if (settings.client_authentication) description.client_authentication = *settings.client_authentication;
    return description;
}

bool names_plain_http(const Description& description) {
    const auto is_plain = [](const std::optional<std::string>& url) {
        return url && url->starts_with("http://");
    };
    const auto& endpoints = description.endpoints;
    const std::array urls{
        endpoints.authorization,
        endpoints.token,
        endpoints.userinfo,
        endpoints.revocation,
        endpoints.jwks,
        description.metadata_url,
    };
    return std::ranges::any_of(urls, is_plain);
}

}  // namespace stagedoor::provider
