#include "store/row.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace stagedoor::store {

std::string user_key(std::string_view user) {
    std::string key(user);
    std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return key;
}

std::string conditions(const session::SessionFilter& filter, char placeholder, int next) {
    std::string sql = "ended IS NULL";
    const auto out = std::back_inserter(sql);
    if (!filter.user.empty()) {
        fmt::format_to(out, " AND (user_key = {0}{1} OR subject = {0}{2})", placeholder, next, next + 1);
        next += 2;
    }
    if (!filter.provider.empty()) fmt::format_to(out, " AND provider = {}{}", placeholder, next++);
    if (filter.created_before) fmt::format_to(out, " AND created_at < {}{}", placeholder, next++);
    if (filter.used_before) fmt::format_to(out, " AND used_at < {}{}", placeholder, next++);
    return sql;
}

}  // namespace stagedoor::store
