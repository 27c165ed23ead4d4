#include "app/secret_commands.h"

#include "app/data_folder.h"
#include "app/problems.h"
#include "app/settings.h"
#include "config/load.h"
#include "crypto/system_random.h"
#include "flow/session_update.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace stagedoor::app {

namespace {

// What the steps depend on.
struct Present {
    std::string of_now = "The present secret is in auth.session.secret, or in the file of the data folder.";
    std::string old_ones = "PRESENT";
    std::chrono::days longest_session{1000};
};

std::chrono::days longest_session(const config::Config& config) {
    std::chrono::seconds longest{0};
    for (const auto& settings : provider_settings(config)) {
        const auto lifetime = flow::lifetime_of(settings);
        longest = std::max(longest, std::min(lifetime.duration, lifetime.idle.value_or(lifetime.duration)));
    }
    return std::chrono::ceil<std::chrono::days>(longest);
}

Present describe(const config::Config& config, const std::optional<std::filesystem::path>& data) {
    Present present{.of_now = {}, .old_ones = "PRESENT", .longest_session = longest_session(config)};
    const auto count = config.auth.session_secrets.size();
    if (count == 0) {
        present.of_now = fmt::format(
            "auth.session.secret is not set: the present secret is in {}.",
            secret_file(data_folder(data)).string()
        );
    } else {
        present.of_now = fmt::format(
            "auth.session.secret has {}; the first one seals, all of them open.",
            count == 1 ? "one secret" : fmt::format("{} secrets", count)
        );
    }
    for (std::size_t i = 1; i < count; ++i) present.old_ones += fmt::format(", OLDER{}", i);
    return present;
}

}  // namespace

int print_secret() {
    crypto::SystemRandom random;
    fmt::print("{}\n", make_secret(random).reveal());
    return 0;
}

int explain_rotation(
    const std::vector<std::filesystem::path>& config_files, const std::optional<std::filesystem::path>& data
) {
    Present present;
    if (!config_files.empty()) {
        const auto loaded = config::load(config_files, config::process_environment());
        if (!loaded) {
            print_problems(loaded.error());
            return 1;
        }
        present = describe(loaded->config, data);
    }
    crypto::SystemRandom random;
    fmt::print(
        R"(New secret:  {new_secret}

{of_now} Nothing is changed by this command.
To put the new secret in the place of the present one without ending a session:

1. Only if there are several replicas: let all of them open what the new secret seals, before any of them seals with it.
       auth:
         session:
           secret: [{old_ones}, NEW]
   Restart them one after the other.
2. Let the new secret seal.
       secret: [NEW, {old_ones}]
   Restart, one after the other. Each session is sealed anew when it is renewed the next time.
3. Take the old secrets out when the sessions that were not used since may end, and restart:
       secret: NEW
   No session lives longer than {days} days without being used, so after that nobody is left who would notice.
   If the old secret has become known to others, do it at once: the sessions that were not renewed since step 2 end.
)",
        fmt::arg("new_secret", make_secret(random).reveal()),
        fmt::arg("of_now", present.of_now),
        fmt::arg("old_ones", present.old_ones),
        fmt::arg("days", present.longest_session.count())
    );
    return 0;
}

}  // namespace stagedoor::app
