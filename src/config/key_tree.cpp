#include "config/key_tree.h"

#include "config/nearest.h"

#include <algorithm>
#include <array>

namespace stagedoor::config {
namespace {

KeyNode& child(KeyNode& node, std::string_view name) {
    if (name == "*") {
        if (!node.any) node.any = std::make_unique<KeyNode>();
        return *node.any;
    }
    if (name == "[]") {
        if (!node.item) node.item = std::make_unique<KeyNode>();
        return *node.item;
    }
    return node.names[std::string(name)];
}

void insert(KeyNode& node, std::string_view path, const Key& key) {
    if (path.empty()) {
        node.key = &key;
        return;
    }
    const auto dot = path.find('.');
    const std::string_view rest = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    const std::string_view name = path.substr(0, dot);
    if (name == "{oauth}") {
        for (const auto id : oauth_providers()) insert(child(node, id), rest, key);
    } else if (name == "{proxy}") {
        for (const auto id : proxy_providers()) insert(child(node, id), rest, key);
    } else {
        insert(child(node, name), rest, key);
    }
}

KeyNode build() {
    static constexpr Key kRoot{.path = "", .open = true, .text = ""};
    KeyNode root;
    root.key = &kRoot;
    for (const auto& group : key_groups()) {
        for (const auto& key : group.keys) insert(root, key.path, key);
    }
    return root;
}

}  // namespace

const KeyNode* KeyNode::find(std::string_view name) const {
    const auto known = names.find(name);
    return known == names.end() ? any.get() : &known->second;
}

std::vector<std::string_view> KeyNode::known_names() const {
    std::vector<std::string_view> known;
    known.reserve(names.size());
    for (const auto& [name, node] : names) known.push_back(name);
    return known;
}

const KeyNode& key_tree() {
    static const KeyNode tree = build();
    return tree;
}

std::span<const KeyGroup> key_groups() {
    static const std::array groups{
        KeyGroup{"The app, and where plugins are found", "", app_keys()},
        KeyGroup{"The backend", "", backend_keys()},
        KeyGroup{"The database", "", database_keys()},
        KeyGroup{
            "Limits and outgoing calls",
            "These keys are Stagedoor's own; a Backstage backend ignores them.",
            limit_keys()
        },
        KeyGroup{"Logins", "", auth_keys()},
        KeyGroup{
            "OAuth providers",
            "`{oauth}` is the id of any provider of the next table, `*` an environment.",
            oauth_keys()
        },
        KeyGroup{"Keys of single OAuth providers", "", provider_keys()},
        KeyGroup{
            "Providers behind a proxy",
            "`{proxy}` is the id of any provider of this table. They have no environments.",
            proxy_keys()
        },
        KeyGroup{"Backstage identities", "", identity_keys()},
    };
    return groups;
}

Concern concern_of(std::string_view path, Use use) {
    if (use == Use::without_database && path == kDatabaseKey) return Concern::presence;
    const auto dot = path.find('.');
    const std::string_view section = path.substr(0, dot);
    const KeyNode* node = key_tree().find(section);
    if (node == nullptr) return is_slip(key_tree(), {}, section) ? Concern::presence : Concern::none;
    if (dot == std::string_view::npos || !node->open()) return Concern::content;
    const std::string_view name = path.substr(dot + 1, path.find_first_of(".[", dot + 1) - dot - 1);
    if (const KeyNode* key = node->find(name)) {
        return key->kind() == Kind::anything ? Concern::presence : Concern::content;
    }
    return is_slip(*node, section, name) ? Concern::content : Concern::none;
}

bool is_slip(const KeyNode& node, std::string_view section, std::string_view name) {
    const auto foreign = foreign_keys(section);
    return std::ranges::find(foreign, name) == foreign.end() && !nearest(name, node.known_names()).empty();
}

}  // namespace stagedoor::config
