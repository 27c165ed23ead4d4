#include "support/browser.h"

#include <algorithm>

namespace stagedoor::support {

namespace {

std::string attribute(const std::string& field, std::string_view name) {
    const auto at = field.find("; " + std::string(name) + "=");
    if (at == std::string::npos) return {};
    const auto begin = at + 3 + name.size();
    return field.substr(begin, field.find(';', begin) - begin);
}

bool covers(const std::string& cookie_path, std::string_view path) {
    if (!path.starts_with(cookie_path)) return false;
    return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

}  // namespace

void Browser::receive(const std::string& field) {
    const auto pair = field.substr(0, field.find(';'));
    const auto equals = pair.find('=');
    if (pair.size() - 1 > http::kMaxCookieBytes) return;
    const Key key{attribute(field, "Path"), pair.substr(0, equals)};
    if (attribute(field, "Max-Age") == "0") {
        jar_.erase(key);
    } else {
        jar_[key] = pair.substr(equals + 1);
    }
}

std::string Browser::cookies_for(std::string_view path) const {
    std::vector<std::pair<Key, std::string>> matching;
    for (const auto& entry : jar_) {
        if (covers(entry.first.path, path)) matching.emplace_back(entry);
    }
    std::sort(matching.begin(), matching.end(), [](const auto& a, const auto& b) {
        return a.first.path.size() > b.first.path.size();
    });
    std::string field;
    for (const auto& [key, value] : matching) {
        field.append(field.empty() ? "" : "; ").append(key.name).append("=").append(value);
    }
    return field;
}

bool Browser::has(std::string_view name) const {
    return std::ranges::any_of(jar_, [&](const auto& entry) { return entry.first.name == name; });
}

std::vector<std::string> Browser::names() const {
    std::vector<std::string> names;
    for (const auto& entry : jar_) names.push_back(entry.first.name);
    return names;
}

void Browser::forget(std::string_view name) {
    std::erase_if(jar_, [&](const auto& entry) { return entry.first.name == name; });
}

}  // namespace stagedoor::support
