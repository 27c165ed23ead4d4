#include "support/capturing_log.h"

#include <algorithm>
#include <type_traits>

namespace stagedoor::support {

namespace {
std::string to_text(const base::LogField& field) {
    return std::visit(
        [](const auto& value) -> std::string {
            using Value = std::decay_t<decltype(value)>;
            if constexpr (std::is_same_v<Value, std::string_view>)
                return std::string(value);
            else if constexpr (std::is_same_v<Value, bool>)
                return value ? "true" : "false";
            else
                return std::to_string(value);
        },
        field.value
    );
}
}  // namespace

void CapturingLog::write(
    base::LogLevel level, std::string_view event, std::span<const base::LogField> fields
) {
    Line line{level, std::string(event), {}};
    for (const auto& field : fields) line.fields[std::string(field.key)] = to_text(field);
    const std::scoped_lock lock(mutex_);
    lines_.push_back(std::move(line));
}

std::vector<CapturingLog::Line> CapturingLog::lines() const {
    const std::scoped_lock lock(mutex_);
    return lines_;
}

bool CapturingLog::has(std::string_view event) const {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(lines_, [&](const Line& line) { return line.event == event; });
}

std::string CapturingLog::text() const {
    const std::scoped_lock lock(mutex_);
    std::string all;
    for (const auto& line : lines_) {
        all += line.event;
        for (const auto& [key, value] : line.fields) all.append(" ").append(key).append("=").append(value);
        all += '\n';
    }
    return all;
}

}  // namespace stagedoor::support
