#include "app/check.h"

#include "app/problems.h"
#include "app/settings.h"
#include "config/load.h"
#include "provider/description.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdio>

namespace stagedoor::app {

namespace {

void print_redirect_uris(const config::Config& config) {
    struct Row {
        std::string provider;
        std::string environment;
        std::string redirect_uri;
    };
    std::vector<Row> rows{
        {.provider = "PROVIDER", .environment = "ENVIRONMENT", .redirect_uri = "REDIRECT URI TO REGISTER"}
    };
    for (const auto& settings : provider_settings(config)) {
        rows.push_back({settings.provider, settings.environment, settings.redirect_uri});
    }
    if (rows.size() == 1) {
        fmt::print("No provider is configured: add one below auth.providers.\n");
        return;
    }
    std::size_t provider_width = 0;
    std::size_t environment_width = 0;
    for (const auto& row : rows) {
        provider_width = std::max(provider_width, row.provider.size());
        environment_width = std::max(environment_width, row.environment.size());
    }
    for (const auto& row : rows) {
        fmt::print(
            "{:<{}}  {:<{}}  {}\n",
            row.provider,
            provider_width,
            row.environment,
            environment_width,
            row.redirect_uri
        );
    }
}

}  // namespace

int check(const std::vector<std::filesystem::path>& config_files) {
    const auto loaded = config::load(config_files, config::process_environment());
    if (!loaded) {
        print_problems(loaded.error());
        return 1;
    }
    for (const auto& warning : loaded->warnings) fmt::print(stderr, "warning: {}\n", warning.to_string());
    for (const auto& [path, reason] : loaded->not_in_effect) {
        fmt::print(stderr, "note: {} is not in effect: {}\n", path, reason);
    }
    fmt::print("The configuration is good.\n");
    fmt::print("Base URL: {}\n", config::auth_base_url(loaded->config));
    fmt::print("App:      {}\n\n", loaded->config.app_base_url.origin().to_string());
    print_redirect_uris(loaded->config);
    return 0;
}

}  // namespace stagedoor::app
