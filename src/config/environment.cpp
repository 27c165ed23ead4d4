#include "config/environment.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>
#include <vector>

namespace stagedoor::config {
namespace {

constexpr std::string_view kPrefix = "APP_CONFIG_";

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_letter_or_digit(char c) {
    return is_letter(c) || (c >= '0' && c <= '9');
}

// A letter, then letters and digits, which `-` and `:` may join.
bool is_key(std::string_view key) {
    if (key.empty() || !is_letter(key.front()) || !is_letter_or_digit(key.back())) return false;
    for (std::size_t i = 1; i < key.size(); ++i) {
        const bool joint = key[i] == '-' || key[i] == ':';
        if (!joint && !is_letter_or_digit(key[i])) return false;
        if (joint && !is_letter_or_digit(key[i - 1])) return false;
    }
    return true;
}

std::vector<std::string_view> split(std::string_view name) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0;;) {
        const auto end = name.find('_', from);
        parts.push_back(name.substr(from, end - from));
        if (end == std::string_view::npos) return parts;
        from = end + 1;
    }
}

Value from_json(const boost::json::value& json, const Place& place) {
    Value value{.data = {}, .place = place};
    if (const auto* flag = json.if_bool()) value.data = *flag;
    if (const auto* text = json.if_string()) value.data = std::string(*text);
    if (json.is_number()) {
        value.data = Number{.value = json.to_number<double>(), .text = boost::json::serialize(json)};
    }
    if (const auto* array = json.if_array()) {
        List list;
        for (const auto& item : *array) list.push_back(from_json(item, place));
        value.data = std::move(list);
    }
    if (const auto* object = json.if_object()) {
        Map map;
        for (const auto& [name, member] : *object) {
            map.push_back({.name = std::string(name), .place = place, .value = from_json(member, place)});
        }
        value.data = std::move(map);
    }
    return value;
}

Value parse(const std::string& text, const Place& place) {
    boost::json::error_code error;
    const auto json = boost::json::parse(text, error);
    return error ? Value{.data = text, .place = place} : from_json(json, place);
}

// Puts `value` at the path; the message says why that is impossible.
std::string insert(Value& root, const std::vector<std::string_view>& path, Value value) {
    Value* at = &root;
    for (std::size_t i = 0; i < path.size(); ++i) {
        Map* map = at->map();
        if (map == nullptr) return "another variable gives a value to a key above this one";
        auto member = std::ranges::find(*map, path[i], &Member::name);
        const bool last = i + 1 == path.size();
        if (member == map->end()) {
            map->push_back({.name = std::string(path[i]), .place = value.place, .value = {}});
            member = map->end() - 1;
            member->value = Value{.data = Map{}, .place = value.place};
        } else if (last) {
            return "another variable gives values to keys below this one";
        }
        at = &member->value;
    }
    *at = std::move(value);
    return {};
}

}  // namespace

Environment process_environment() {
    Environment variables;
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos) continue;
        variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return variables;
}

Value environment_overrides(const Environment& environment, Findings& findings) {
    Value root{.data = Map{}, .place = {}};
    for (auto entry = environment.lower_bound(kPrefix); entry != environment.end(); ++entry) {
        const auto& [name, text] = *entry;
        if (!name.starts_with(kPrefix)) break;
        if (text.empty()) continue;
        const Place place{.file = std::make_shared<const std::string>("environment variable " + name)};
        const auto path = split(std::string_view(name).substr(kPrefix.size()));
        if (!std::ranges::all_of(path, is_key)) {
            findings.error(place, {}, "the name is not a path of keys joined by '_'");
            continue;
        }
        Value value = parse(text, place);
        if (value.is_null()) {
            findings.error(place, {}, "a variable can't remove a key: null is not a value here");
            continue;
        }
        if (const auto problem = insert(root, path, std::move(value)); !problem.empty()) {
            findings.error(place, {}, problem);
        }
    }
    return root;
}

}  // namespace stagedoor::config
