#include "config/convert.h"
#include "config/key_tree.h"
#include "config/reference.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>

namespace stagedoor::config {
namespace {

namespace json = boost::json;

// Where the program takes a number or a boolean, it takes text that reads as one, and so text that ${VAR}
// makes.
constexpr std::string_view kNumberText = R"(^\s*[-+]?[0-9]+(\.0*)?\s*$|\$\{)";
constexpr std::string_view kFlagText =
    R"(^\s*([Yy]|[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|1|[Oo][Nn]|[Nn]|[Nn][Oo]|[Ff][Aa][Ll][Ss][Ee]|0|[Oo][Ff][Ff])\s*$|\$\{)";
constexpr std::string_view kChoiceText = R"(\$\{)";

json::object text() {
    return {{"type", "string"}, {"minLength", 1}};
}
json::object pattern(std::string_view regex) {
    return {{"type", "string"}, {"pattern", regex}};
}
json::object any_of(json::array alternatives) {
    return {{"anyOf", std::move(alternatives)}};
}
json::object definition(std::string_view name) {
    return {{"$ref", fmt::format("#/definitions/{}", name)}};
}
json::object list_of(json::object item) {
    return {{"type", "array"}, {"items", std::move(item)}};
}

json::object value_or_reference(json::object value) {
    return any_of({std::move(value), definition("reference"), json::object{{"type", "null"}}});
}

// An item of a list can't be removed by null.
json::object item_or_reference(json::object value) {
    return any_of({std::move(value), definition("reference")});
}

json::object texts() {
    return list_of(item_or_reference(text()));
}

json::object whole_number(const Key& key) {
    const json::object number{
        {"type", "integer"},
        {"minimum", static_cast<std::int64_t>(key.min)},
        {"maximum", static_cast<std::int64_t>(key.max)}
    };
    return any_of({number, pattern(kNumberText)});
}

json::object choice(const Key& key) {
    json::array names;
    for (const auto name : words(key.choices)) names.emplace_back(name);
    return any_of({json::object{{"enum", std::move(names)}}, pattern(kChoiceText)});
}

json::object flag() {
    return any_of({json::object{{"type", "boolean"}}, json::object{{"enum", {0, 1}}}, pattern(kFlagText)});
}

json::object text_map() {
    return {{"type", "object"}, {"additionalProperties", value_or_reference(text())}};
}

json::object duration() {
    json::object units;
    for (const auto unit :
         {"years", "months", "weeks", "days", "hours", "minutes", "seconds", "milliseconds"}) {
        units[unit] = value_or_reference(any_of({json::object{{"type", "number"}, {"minimum", 0}}, text()}));
    }
    const json::object object{
        {"type", "object"},
        {"properties", std::move(units)},
        {"additionalProperties", false},
        {"minProperties", 1}
    };
    return any_of({text(), object});
}

json::object schema_of(const Key& key, Kind kind) {
    switch (kind) {
        case Kind::anything:
            return {};
        case Kind::flag:
            return definition("flag");
        case Kind::whole_number:
            return whole_number(key);
        case Kind::duration:
            return definition("duration");
        case Kind::choice:
            return choice(key);
        case Kind::choices:
            return any_of({choice(key), list_of(item_or_reference(choice(key)))});
        case Kind::texts:
        case Kind::globs:
            return definition("texts");
        case Kind::text_or_texts:
        case Kind::glob_or_globs:
        case Kind::secrets:
            return any_of({text(), definition("texts")});
        case Kind::text_map:
            return text_map();
        case Kind::sources:
            return any_of({definition("texts"), json::object{{"enum", {false}}}});
        case Kind::on:
            return {{"enum", {true}}};
        case Kind::off:
            return {{"enum", {false}}};
        case Kind::refused:
            return {{"type", "null"}};
        default:
            return text();
    }
}

// What all OAuth providers have in common is written once.
constexpr std::string_view kCommonKeys = "auth.providers.{oauth}.*.";

bool is_common(const KeyNode& node) {
    if (node.key == nullptr || !node.key->path.starts_with(kCommonKeys)) return false;
    return node.key->path.find('.', kCommonKeys.size()) == std::string_view::npos;
}

json::object described(const KeyNode& node);

json::object object_schema(const KeyNode& node) {
    json::object properties;
    for (const auto& [name, child] : node.names) {
        properties[name] = is_common(child) ? definition("oauth." + name) : described(child);
    }
    json::object schema{{"type", "object"}};
    if (!properties.empty()) schema["properties"] = std::move(properties);
    if (node.any) {
        schema["additionalProperties"] = described(*node.any);
    } else if (!node.open()) {
        schema["additionalProperties"] = false;
    }
    return schema;
}

json::object bare_schema(const KeyNode& node) {
    if (node.kind() == Kind::objects) return list_of(item_or_reference(object_schema(*node.item)));
    if (node.kind() != Kind::object) return schema_of(*node.key, node.key->kind);
    if (node.key == nullptr || node.key->instead == Kind::object) return object_schema(node);
    return any_of({schema_of(*node.key, node.key->instead), object_schema(node)});
}

std::string description(const Key& key) {
    std::string text(key.text);
    if (key.required) text += " Required.";
    if (!key.fallback.empty()) text += fmt::format(" Default: {}.", key.fallback);
    if (!key.later.empty()) text += fmt::format(" Not in effect: {}.", key.later);
    return text;
}

json::object described(const KeyNode& node) {
    if (node.kind() == Kind::refused) return schema_of(*node.key, Kind::refused);
    json::object schema;
    if (node.key != nullptr && !node.key->text.empty()) schema["description"] = description(*node.key);
    const json::object value = value_or_reference(bare_schema(node));
    schema.insert(value.begin(), value.end());
    return schema;
}

json::object definitions() {
    json::object reference{{"description", "A value from elsewhere."}, {"type", "object"}};
    json::object sources;
    for (const auto name : {"$env", "$file", "$include"}) sources[name] = text();
    reference["properties"] = std::move(sources);
    reference["additionalProperties"] = false;
    reference["minProperties"] = 1;
    reference["maxProperties"] = 1;
    json::object all{
        {"reference", std::move(reference)}, {"flag", flag()}, {"duration", duration()}, {"texts", texts()}
    };
    const KeyNode* any_provider = key_tree().find("auth")->find("providers")->find(oauth_providers().front());
    for (const auto& [name, node] : any_provider->any->names) {
        if (is_common(node)) all["oauth." + name] = described(node);
    }
    return all;
}

void indent(std::string& out, std::size_t depth) {
    out.append(2 * depth, ' ');
}

// Short values stay on one line.
void print(std::string& out, const json::value& value, std::size_t depth) {
    constexpr std::size_t kShort = 90;
    const std::string line = json::serialize(value);
    if (line.size() <= kShort || !value.is_structured()) {
        out += line;
        return;
    }
    const bool object = value.is_object();
    std::string_view separator = "\n";
    const auto begin_item = [&] {
        out += separator;
        separator = ",\n";
        indent(out, depth + 1);
    };
    out += object ? '{' : '[';
    if (object) {
        for (const auto& [name, member] : value.get_object()) {
            begin_item();
            out += json::serialize(json::value(name)) + ": ";
            print(out, member, depth + 1);
        }
    } else {
        for (const auto& item : value.get_array()) {
            begin_item();
            print(out, item, depth + 1);
        }
    }
    out += '\n';
    indent(out, depth);
    out += object ? '}' : ']';
}

}  // namespace

std::string json_schema() {
    json::object schema{
        {"$schema", "http://json-schema.org/draft-07/schema#"},
        {"title", "Configuration of Stagedoor"},
        {"description", "One app-config.yaml, or a part of one. Sections that are not described are ignored."}
    };
    const json::object root = object_schema(key_tree());
    schema.insert(root.begin(), root.end());
    schema["definitions"] = definitions();
    std::string out;
    print(out, schema, 0);
    return out + "\n";
}

}  // namespace stagedoor::config
