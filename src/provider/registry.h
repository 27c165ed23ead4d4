#pragma once

#include "provider/issuer.h"
#include "provider/provider.h"
#include "provider/settings.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::provider {

// The ids of the providers that this build knows: "github", "google", ...
[[nodiscard]] std::vector<std::string_view> known_providers();

// Throws std::invalid_argument for an unknown id, and for settings that cannot work; the message names the
// key.
[[nodiscard]] std::unique_ptr<Provider> make_provider(Settings settings, Network network);

// The configured providers of one loop.
class Registry {
 public:
    using Environments = std::map<std::string, std::unique_ptr<Provider>, std::less<>>;

    void add(std::unique_ptr<Provider> provider);
    // Null if no provider of this id is configured. Case does not matter, as in the paths of the service; the
    // entry has the id as it is written in cookies and addresses.
    struct Entry {
        std::string id;
        Environments environments;
    };
    [[nodiscard]] const Entry* find(std::string_view id) const;
    [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
    std::vector<Entry> entries_;  // a handful: a walk beats a map
};

}  // namespace stagedoor::provider
