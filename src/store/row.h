#pragma once

#include "base/clock.h"
#include "session/store.h"

#include <cstdint>
#include <string>
#include <string_view>

// How values stand in the columns of both databases.
namespace stagedoor::store {

// Times: milliseconds since 1970.
[[nodiscard]] inline std::int64_t to_column(base::SystemTime time) {
    return time.time_since_epoch().count();
}
[[nodiscard]] inline base::SystemTime to_time(std::int64_t milliseconds) {
    return base::SystemTime(std::chrono::milliseconds(milliseconds));
}
[[nodiscard]] inline std::optional<std::int64_t> to_column(const std::optional<base::SystemTime>& time) {
    if (!time) return std::nullopt;
    return to_column(*time);
}
[[nodiscard]] inline std::optional<std::int64_t> to_column(const std::optional<session::EndReason>& reason) {
    if (!reason) return std::nullopt;
    return static_cast<std::int64_t>(*reason);
}

// What users are found by: their name without regard to the case of ASCII letters, in every database and
// under every locale the same.
[[nodiscard]] std::string user_key(std::string_view user);

// The conditions of a filter on sessions that go on, as SQL: "ended IS NULL AND ...". `placeholder` stands
// before the number of a value ("?" or "$"), which are numbered from `next` on: user_key, subject, provider,
// created_before, used_before, as far as the filter has them.
[[nodiscard]] std::string conditions(const session::SessionFilter& filter, char placeholder, int next);

}  // namespace stagedoor::store
