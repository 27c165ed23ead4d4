#include "config/keys.h"

#include <array>

namespace stagedoor::config {
namespace {

constexpr std::array kApp{
    Key{.path = "app",
        .required = true,
        .open = true,
        .text = "Backstage's section for the frontend. Keys that are not listed here are ignored."},
    Key{.path = "app.baseUrl",
        .kind = Kind::url,
        .required = true,
        .text = "Where the app is served. Its origin may always ask for tokens."},
    Key{.path = "discovery", .text = "Where plugins are reached, if not under `backend.baseUrl`."},
    Key{.path = "discovery.endpoints",
        .kind = Kind::objects,
        .text =
            "The first entry that names `auth`, else the first with `*`, gives the address of this service."},
    Key{.path = "discovery.endpoints.[].target",
        .instead = Kind::text,
        .required = true,
        .text = "A URL for both directions, or an object. `{{pluginId}}` in it becomes `auth`."},
    Key{.path = "discovery.endpoints.[].target.internal",
        .kind = Kind::text,
        .text = "For other backends; not used here."},
    Key{.path = "discovery.endpoints.[].target.external",
        .kind = Kind::text,
        .text = "For browsers: the address that redirect URIs and cookies are made from."},
    Key{.path = "discovery.endpoints.[].plugins",
        .kind = Kind::texts,
        .required = true,
        .text = "Ids of plugins, or `*`."},
    Key{.path = "enableExperimentalRedirectFlow",
        .kind = Kind::flag,
        .fallback = "false",
        .text = "Read by the frontend: log in by redirect instead of in a popup."},
};

constexpr std::array<std::string_view, 12> kForeignApp{
    "title",
    "branding",
    "support",
    "routes",
    "packages",
    "extensions",
    "analytics",
    "theme",
    "datadogRum",
    "pluginOverrides",
    "experimental",
    "googleAnalyticsTrackingId",
};

constexpr std::array<std::string_view, 13> kForeignBackend{
    "packages",
    "startup",
    "server",
    "auditor",
    "actions",
    "cache",
    "health",
    "metrics",
    "tracing",
    "logger",
    "reading",
    "plugins",
    "workingDirectory",
};

}  // namespace

std::span<const Key> app_keys() {
    return kApp;
}

std::span<const std::string_view> foreign_keys(std::string_view section) {
    if (section == "app") return kForeignApp;
    if (section == "backend") return kForeignBackend;
    return {};
}

}  // namespace stagedoor::config
