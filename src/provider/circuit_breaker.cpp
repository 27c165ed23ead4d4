#include "provider/circuit_breaker.h"

#include <algorithm>

namespace stagedoor::provider {

namespace {

using std::chrono::milliseconds;

constexpr unsigned kFailuresBeforeOpen = 5;
constexpr milliseconds kFirstPause{1000};
constexpr milliseconds kLongestPause{30'000};
constexpr std::chrono::seconds kLongestWish{300};
// A probe that never reports (its process was stopped, say) holds the others up no longer than this.
constexpr std::chrono::seconds kProbeTime{30};

milliseconds pause_after(unsigned failures, base::Random& random) {
    auto pause = kFirstPause;
    for (unsigned i = kFailuresBeforeOpen; i < failures && pause < kLongestPause; ++i) pause *= 2;
    pause = std::min(pause, kLongestPause);
    constexpr int kByteValues = 256;
    return pause / 2 + pause / 2 * random.bytes<1>()[0] / kByteValues;
}

}  // namespace

std::optional<milliseconds> CircuitBreaker::admit() {
    const std::scoped_lock lock(mutex_);
    if (!open_until_) return std::nullopt;
    const auto now = clock_.steady();
    if (now < *open_until_) return std::chrono::ceil<milliseconds>(*open_until_ - now);
    if (probing_ && now < probe_until_) return kFirstPause;
    probing_ = true;
    probe_until_ = now + kProbeTime;
    return std::nullopt;
}

void CircuitBreaker::success() {
    const std::scoped_lock lock(mutex_);
    failures_ = 0;
    probing_ = false;
    open_until_.reset();
}

void CircuitBreaker::failure(std::optional<std::chrono::seconds> retry_after, base::Random& random) {
    const std::scoped_lock lock(mutex_);
    ++failures_;
    probing_ = false;
    const auto now = clock_.steady();
    if (retry_after) {
        open_until_ = now + std::min(*retry_after, kLongestWish);
    } else if (failures_ >= kFailuresBeforeOpen) {
        open_until_ = now + pause_after(failures_, random);
    }
}

bool CircuitBreaker::is_open() const {
    const std::scoped_lock lock(mutex_);
    return open_until_ && clock_.steady() < *open_until_;
}

CircuitBreaker& CircuitBreakers::of(std::string_view provider, std::string_view environment) {
    const std::scoped_lock lock(mutex_);
    auto& breaker = breakers_[{std::string(provider), std::string(environment)}];
    if (!breaker) breaker = std::make_unique<CircuitBreaker>(clock_);
    return *breaker;
}

}  // namespace stagedoor::provider
