#include "config/value.h"

#include "base/secret.h"

#include <algorithm>

namespace stagedoor::config {

std::string_view Value::type_name() const {
    switch (data.index()) {
        case 0:
            return "null";
        case 1:
            return "a boolean";
        case 2:
            return "a number";
        case 3:
            return "text";
        case 4:
            return "a list";
        default:
            return "an object";
    }
}

const Value* find(const Map& map, std::string_view name) {
    const auto member = std::ranges::find(map, name, &Member::name);
    return member == map.end() ? nullptr : &member->value;
}

const Value* find_path(const Value& root, std::string_view path) {
    const Value* value = &root;
    while (!path.empty()) {
        const auto dot = path.find('.');
        const Map* map = value->map();
        value = map == nullptr ? nullptr : find(*map, path.substr(0, dot));
        if (value == nullptr) return nullptr;
        path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return value;
}

void drop_nulls(Value& value) {
    if (auto* list = std::get_if<List>(&value.data)) {
        for (auto& item : *list) drop_nulls(item);
    }
    if (Map* map = value.map()) {
        std::erase_if(*map, [](const Member& member) { return member.value.is_null(); });
        for (auto& member : *map) drop_nulls(member.value);
    }
}

void merge(Value& base, Value over) {
    Map* from = over.map();
    if (from == nullptr || base.map() == nullptr) {
        drop_nulls(over);
        base = std::move(over);
        return;
    }
    for (auto& member : *from) {
        Map& into = *base.map();
        const auto existing = std::ranges::find(into, member.name, &Member::name);
        if (member.value.is_null()) {
            if (existing != into.end()) into.erase(existing);
        } else if (existing == into.end()) {
            drop_nulls(member.value);
            into.push_back(std::move(member));
        } else {
            existing->place = member.place;
            merge(existing->value, std::move(member.value));
        }
    }
}

void wipe(Value& value) {
    if (auto* text = std::get_if<std::string>(&value.data)) base::wipe(*text);
    if (auto* list = std::get_if<List>(&value.data))
        std::ranges::for_each(*list, [](Value& item) { wipe(item); });
    if (auto* map = value.map()) std::ranges::for_each(*map, [](Member& member) { wipe(member.value); });
}

}  // namespace stagedoor::config
