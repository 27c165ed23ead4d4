#include "provider/registry.h"

#include "base/encoding.h"
#include "provider/description.h"
#include "provider/oauth_provider.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace stagedoor::provider {

namespace {

struct Known {
    std::string_view id;
    Description (*describe)(const Settings&);
};
constexpr std::array kKnown{
    Known{"github", github},
    Known{"google", google},
    Known{"oauth2", oauth2},
    Known{"oidc", oidc},
};

}  // namespace

std::vector<std::string_view> known_providers() {
    std::vector<std::string_view> ids;
    ids.reserve(std::size(kKnown));
    for (const auto& known : kKnown) ids.push_back(known.id);
    return ids;
}

std::unique_ptr<Provider> make_provider(Settings settings, Network network) {
    const auto known = std::ranges::find(kKnown, settings.provider, &Known::id);
    if (known == kKnown.end()) throw std::invalid_argument("unknown provider '" + settings.provider + "'");
    auto description = known->describe(settings);
    return std::make_unique<OAuthProvider>(std::move(settings), std::move(description), network);
}

void Registry::add(std::unique_ptr<Provider> provider) {
    const auto& settings = provider->settings();
    auto entry = std::ranges::find(entries_, settings.provider, &Entry::id);
    if (entry == entries_.end()) entry = entries_.insert(entries_.end(), Entry{settings.provider, {}});
    const auto environment = settings.environment;
    entry->environments.insert_or_assign(environment, std::move(provider));
}

const Registry::Entry* Registry::find(std::string_view id) const {
    for (const auto& entry : entries_) {
        if (base::equal_ignoring_case(entry.id, id)) return &entry;
    }
    return nullptr;
}

}  // namespace stagedoor::provider
