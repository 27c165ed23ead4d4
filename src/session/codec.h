#pragma once

#include "base/clock.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::session {

// The inside of our sealed values: a sequence of fields, each a text with its length before it (little endian
// base 128), so that no content can be taken for a boundary. Who may read it is the seal's affair; this is
// only the form.
class FieldWriter {
 public:
    void text(std::string_view value) {
        number(value.size());
        out_.append(value);
    }
    void number(std::uint64_t value) {
        while (value >= 0x80) {
            out_.push_back(static_cast<char>(0x80 | (value & 0x7f)));
            value >>= 7;
        }
        out_.push_back(static_cast<char>(value));
    }
    // In whole seconds, from 1970 on.
    void time(base::SystemTime value) { number(static_cast<std::uint64_t>(base::to_unix_seconds(value))); }
    [[nodiscard]] std::string& out() { return out_; }

 private:
    std::string out_;
};

// Reads what a FieldWriter wrote. After the first field that is not there, every further one is empty or
// zero, and ok() is false: readers check once, at the end.
class FieldReader {
 public:
    explicit FieldReader(std::string_view in) : in_(in) {}

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            if (in_.empty()) break;
            const auto byte = static_cast<std::uint8_t>(in_.front());
            in_.remove_prefix(1);
            if (shift == 63 && byte > 1) break;
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0) return value;
        }
        fail();
        return 0;
    }
    std::string_view text() {
        const std::uint64_t size = number();
        if (size > in_.size()) {
            fail();
            return {};
        }
        const auto value = in_.substr(0, size);
        in_.remove_prefix(size);
        return value;
    }
    base::SystemTime time() {
        // Past this (the year 36812), a time is nothing that a FieldWriter wrote, and its milliseconds could
        // overflow.
        constexpr std::uint64_t kLatest = 1ULL << 40;
        const auto seconds = number();
        if (seconds < kLatest) return base::from_unix_seconds(static_cast<std::int64_t>(seconds));
        fail();
        return {};
    }
    // True if every field was there, and nothing is left.
    [[nodiscard]] bool complete() const { return ok_ && in_.empty(); }
    [[nodiscard]] bool ok() const { return ok_; }

 private:
    void fail() {
        ok_ = false;
        in_ = {};
    }
    std::string_view in_;
    bool ok_ = true;
};

}  // namespace stagedoor::session
