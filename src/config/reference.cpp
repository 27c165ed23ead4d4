#include "config/reference.h"

#include "config/convert.h"
#include "config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace stagedoor::config {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 24> kTypeNames{{
    {Kind::object, "object"},
    {Kind::objects, "list of objects"},
    {Kind::anything, "any"},
    {Kind::text, "text"},
    {Kind::listen, "text"},
    {Kind::secret, "secret"},
    {Kind::flag, "boolean"},
    {Kind::whole_number, "whole number"},
    {Kind::duration, "duration"},
    {Kind::url, "URL"},
    {Kind::provider_url, "https URL"},
    {Kind::file, "path"},
    {Kind::choice, "one of"},
    {Kind::choices, "one or a list of"},
    {Kind::texts, "list of text"},
    {Kind::text_or_texts, "text, or a list"},
    {Kind::secrets, "secret, or a list"},
    {Kind::globs, "list of patterns"},
    {Kind::glob_or_globs, "pattern, or a list"},
    {Kind::text_map, "object of text"},
    {Kind::sources, "list of text, or `false`"},
    {Kind::on, "`true`"},
    {Kind::off, "`false`"},
    {Kind::refused, "refused"},
}};

std::string_view type_name(Kind kind) {
    const auto found = std::ranges::find(kTypeNames, kind, &std::pair<Kind, std::string_view>::first);
    return found == kTypeNames.end() ? std::string_view{} : found->second;
}

std::string type_of(const Key& key) {
    if (key.kind == Kind::object && key.instead != Kind::object) {
        return fmt::format("{}, or an object", type_name(key.instead));
    }
    std::string type(type_name(key.kind));
    if (key.choices.empty()) return type;
    std::string_view separator = " ";
    for (const auto choice : words(key.choices)) {
        type += fmt::format("{}`{}`", separator, choice);
        separator = ", ";
    }
    return type;
}

// "auth.x.[].y" reads better as "auth.x[].y".
std::string name_of(const Key& key) {
    std::string name(key.path);
    for (auto at = name.find(".[]"); at != std::string::npos; at = name.find(".[]", at)) name.erase(at, 1);
    return name;
}

std::string meaning_of(const Key& key) {
    std::string meaning(key.text);
    if (!key.later.empty()) meaning += fmt::format(" *Not in effect: {}.*", key.later);
    return meaning;
}

std::string fallback_of(const Key& key) {
    return key.required ? "**required**" : std::string(key.fallback);
}

}  // namespace

std::string reference_markdown() {
    std::string out;
    for (const auto& group : key_groups()) {
        out += fmt::format("### {}\n\n", group.title);
        if (!group.introduction.empty()) out += fmt::format("{}\n\n", group.introduction);
        out += "| Key | Type | Default | Meaning |\n|---|---|---|---|\n";
        for (const auto& key : group.keys) {
            out += fmt::format(
                "| `{}` | {} | {} | {} |\n", name_of(key), type_of(key), fallback_of(key), meaning_of(key)
            );
        }
        out += '\n';
    }
    out.pop_back();
    return out;
}

}  // namespace stagedoor::config
