#include "base/secret.h"

#include <cstring>

namespace stagedoor::base {

bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    volatile unsigned char difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        difference = static_cast<unsigned char>(
            difference | (static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]))
        );
    }
    return difference == 0;
}

void wipe(std::string& text) {
    // Up to the capacity: a former, longer value may lie behind the end. The string is grown to it first,
    // since memory past size() is not ours to write.
    text.resize(text.capacity());
    explicit_bzero(text.data(), text.size());
    text.clear();
}

Secret& Secret::operator=(const Secret& other) {
    if (this != &other) {
        wipe(value_);
        value_ = other.value_;
    }
    return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
    if (this != &other) {
        wipe(value_);
        value_ = std::move(other.value_);
        wipe(other.value_);
    }
    return *this;
}

}  // namespace stagedoor::base
