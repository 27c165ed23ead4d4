#pragma once

#include <chrono>

namespace stagedoor::base {

using SystemTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

// Time as a part: wall time for what leaves the process (expiry in cookies and tokens), steady time for
// waiting.
class Clock {
 public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual SystemTime now() const = 0;
    [[nodiscard]] virtual SteadyTime steady() const = 0;
};

class RealClock final : public Clock {
 public:
    [[nodiscard]] SystemTime now() const override {
        return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    }
    [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

// Whole seconds since 1970, as JWT claims and cookies count (RFC 7519, section 2: NumericDate).
inline std::int64_t to_unix_seconds(SystemTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}
inline SystemTime from_unix_seconds(std::int64_t seconds) {
    return SystemTime(std::chrono::seconds(seconds));
}

}  // namespace stagedoor::base
