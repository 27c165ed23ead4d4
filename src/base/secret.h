#pragma once

#include <fmt/core.h>

#include <ostream>
#include <string>
#include <string_view>

namespace stagedoor::base {

// Compares in a time that depends on the lengths alone.
[[nodiscard]] bool equal_in_constant_time(std::string_view a, std::string_view b);

// Overwrites the memory of `text` (its whole capacity) and empties it; the compiler may not leave this out.
void wipe(std::string& text);

// A string that nobody may see: wiped when it goes, compared in constant time, printed as [redacted] by every
// formatter. reveal() is the one way to its content, so that a search for it finds each use.
class Secret {
 public:
    Secret() = default;
    explicit Secret(std::string value) : value_(std::move(value)) {}
    Secret(const Secret&) = default;
    Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { wipe(other.value_); }
    Secret& operator=(const Secret& other);
    Secret& operator=(Secret&& other) noexcept;
    ~Secret() { wipe(value_); }

    [[nodiscard]] const std::string& reveal() const { return value_; }
    [[nodiscard]] bool empty() const { return value_.empty(); }
    [[nodiscard]] std::size_t size() const { return value_.size(); }

    friend bool operator==(const Secret& a, const Secret& b) {
        return equal_in_constant_time(a.value_, b.value_);
    }
    friend std::ostream& operator<<(std::ostream& out, const Secret& /*secret*/) {
        return out << "[redacted]";
    }

 private:
    std::string value_;
};

}  // namespace stagedoor::base

template <>
struct fmt::formatter<stagedoor::base::Secret> : fmt::formatter<std::string_view> {
    auto format(const stagedoor::base::Secret& /*secret*/, fmt::format_context& context) const {
        auto out = context.out();
        for (const char c : std::string_view("[redacted]")) *out++ = c;
        return out;
    }
};
