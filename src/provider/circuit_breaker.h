#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::provider {

// Keeps calls away from a provider that fails anyway: after some failures in a row, or as long as it asked
// for by Retry-After, nobody calls; then one call tries, and its outcome decides for all. Shared by all
// loops, and safe to use from any of them.
class CircuitBreaker {
 public:
    explicit CircuitBreaker(const base::Clock& clock) : clock_(clock) {}

    // Nothing: go ahead, and report what came of it. Else the time after which it is worth a try.
    [[nodiscard]] std::optional<std::chrono::milliseconds> admit();
    void success();
    // `retry_after`: what the provider asked for, if it did.
    void failure(std::optional<std::chrono::seconds> retry_after, base::Random& random);
    [[nodiscard]] bool is_open() const;

 private:
    const base::Clock& clock_;
    mutable std::mutex mutex_;
    unsigned failures_ = 0;  // in a row
    bool probing_ = false;
    std::optional<base::SteadyTime> open_until_;
    base::SteadyTime probe_until_{};
};

// The breakers of all providers and environments, made at the first call for each.
class CircuitBreakers {
 public:
    explicit CircuitBreakers(const base::Clock& clock) : clock_(clock) {}
    [[nodiscard]] CircuitBreaker& of(std::string_view provider, std::string_view environment);

 private:
    const base::Clock& clock_;
    std::mutex mutex_;
    std::map<std::pair<std::string, std::string>, std::unique_ptr<CircuitBreaker>> breakers_;
};

}  // namespace stagedoor::provider
