#pragma once

#include "base/log.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace stagedoor::support {

// Keeps what was logged, so that a test can look at it.
class CapturingLog final : public base::Log {
 public:
    struct Line {
        base::LogLevel level;
        std::string event;
        std::map<std::string, std::string> fields;
    };
    void write(base::LogLevel level, std::string_view event, std::span<const base::LogField> fields) override;
    [[nodiscard]] std::vector<Line> lines() const;
    // True if a line with this event was written.
    [[nodiscard]] bool has(std::string_view event) const;
    // Everything that was written, as one text: to search it for what must not be there.
    [[nodiscard]] std::string text() const;

 private:
    mutable std::mutex mutex_;
    std::vector<Line> lines_;
};

}  // namespace stagedoor::support
