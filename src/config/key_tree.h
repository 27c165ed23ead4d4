#pragma once

#include "config/keys.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::config {

// The table of keys as a tree of names, {oauth} and {proxy} written out.
struct KeyNode {
    const Key* key = nullptr;  // absent: an object that only holds others
    std::map<std::string, KeyNode, std::less<>> names;
    std::unique_ptr<KeyNode> any;   // `*`
    std::unique_ptr<KeyNode> item;  // `[]`

    [[nodiscard]] Kind kind() const { return key == nullptr ? Kind::object : key->kind; }
    [[nodiscard]] bool open() const { return key != nullptr && key->open; }
    [[nodiscard]] const KeyNode* find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string_view> known_names() const;
};

// The whole tree; built once. Its root is open: sections that are not ours are ignored.
[[nodiscard]] const KeyNode& key_tree();

// True if an unknown name in an open object of `section` is most likely meant to be one of ours.
[[nodiscard]] bool is_slip(const KeyNode& node, std::string_view section, std::string_view name);

// Backstage's database concerns us only where sessions are kept there; else its files and variables need not
// be there either.
inline constexpr std::string_view kDatabaseKey = "backend.database";
enum class Use : std::uint8_t { without_database, with_database };

// How much of the value at a path matters here.
enum class Concern : std::uint8_t {
    none,      // other sections, and Backstage's keys in sections that we share with it
    presence,  // it is reported, and not looked into
    content,   // a key of ours, or what looks like a slip of one
};
[[nodiscard]] Concern concern_of(std::string_view path, Use use);

}  // namespace stagedoor::config
