#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// A configuration document as a tree, each node with the place where it was written.
namespace stagedoor::config {

struct Place {
    std::shared_ptr<const std::string> file;
    int line = 0;    // from 1
    int column = 0;  // from 1, in bytes
};

struct Number {
    double value = 0;
    std::string text;  // as written
};

struct Value;
struct Member;
using List = std::vector<Value>;
using Map = std::vector<Member>;  // in the order written; no name twice

struct Value {
    std::variant<std::monostate, bool, Number, std::string, List, Map> data;
    Place place;

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data); }
    [[nodiscard]] const bool* flag() const { return std::get_if<bool>(&data); }
    [[nodiscard]] const Number* number() const { return std::get_if<Number>(&data); }
    [[nodiscard]] const std::string* text() const { return std::get_if<std::string>(&data); }
    [[nodiscard]] const List* list() const { return std::get_if<List>(&data); }
    [[nodiscard]] const Map* map() const { return std::get_if<Map>(&data); }
    [[nodiscard]] Map* map() { return std::get_if<Map>(&data); }

    // "text", "a number", ...: for messages.
    [[nodiscard]] std::string_view type_name() const;
};

struct Member {
    std::string name;
    Place place;  // of the name
    Value value;
};

[[nodiscard]] const Value* find(const Map& map, std::string_view name);

// The value at a path of names ("session.secret"), or nullptr.
[[nodiscard]] const Value* find_path(const Value& root, std::string_view path);

// Lays `over` on `base` as Backstage merges its sources: maps member by member, everything else replaced; a
// null removes what was there.
void merge(Value& base, Value over);

// Removes the members of maps that are null, also in lists; a null that is itself an item of a list stays.
void drop_nulls(Value& value);

// Overwrites every text in the tree, since some of them are secrets.
void wipe(Value& value);

}  // namespace stagedoor::config
