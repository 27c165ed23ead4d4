#pragma once

#include "base/result.h"
#include "flow/callback.h"
#include "flow/context.h"
#include "flow/cors.h"
#include "flow/phase.h"
#include "http/form.h"
#include "http/handler.h"
#include "page/security_headers.h"
#include "provider/registry.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stagedoor::flow {

struct ServiceSettings {
    std::string base_url;  // of this service as browsers see it: "https://host/api/auth"
    // Ids that are known but not configured, or not offered yet: their answer differs from that to an unknown
    // one.
    std::vector<std::string> known_providers;
    std::optional<CorsSettings> cors;
    // auth.session.acceptUnsealedCookies: the clear session cookies of a Backstage backend are taken over.
    bool accept_unsealed_cookies = false;
    page::SecurityHeaders security_headers;
};

// The HTTP interface of Stagedoor: finds the endpoint of a request, and gives every answer its common fields.
// One per loop. What it is handed must outlive it.
class Service final : public http::Handler {
 public:
    Service(
        ServiceSettings settings,
        const Context& context,
        const provider::Registry& providers,
        const std::atomic<Phase>& phase
    );

    [[nodiscard]] base::Task<http::Response> handle(const http::Request& request) override;

 private:
    // "/google/refresh" below one of our mounts.
    struct Route {
        std::string_view mount;
        std::string_view provider;
        std::string_view action;  // "refresh", "handler/frame"
    };
    [[nodiscard]] std::optional<Route> route(std::string_view path) const;
    [[nodiscard]] base::Task<http::Response> dispatch(const http::Request& request);
    [[nodiscard]] base::Task<base::Result<http::Response>> serve(
        const http::Request& request, const Route& route
    );
    [[nodiscard]] base::Task<base::Result<http::Response>> serve_callback(
        const http::Request& request, const http::Parameters& query, const ProviderTargets& provider
    );
    [[nodiscard]] base::Result<const Target*> select(
        const ProviderTargets& provider, const http::Parameters& query
    ) const;
    [[nodiscard]] base::Result<const ProviderTargets*> find_provider(std::string_view id) const;
    [[nodiscard]] const ProviderTargets* custom_callback(const http::Request& request) const;
    [[nodiscard]] std::optional<http::Response> health(const http::Request& request) const;

    ServiceSettings settings_;
    const Context& context_;
    const std::atomic<Phase>& phase_;
    std::optional<Cors> cors_;
    std::vector<std::string> mounts_;  // lower case
    std::vector<std::unique_ptr<ProviderTargets>> providers_;
    // Redirect URIs at another path than {mount}/{provider}/handler/frame.
    std::vector<std::pair<std::string, const ProviderTargets*>> custom_callbacks_;
};

}  // namespace stagedoor::flow
