#include "config/reference.h"

#include "config/convert.h"
#include "config/keys.h"

#include <fmt/format.h>

namespace stagedoor::config {
namespace {

std::string_view type_name(Kind kind) {
    switch (kind) {
        case Kind::object:
            return "object";
        case Kind::objects:
            return "list of objects";
        case Kind::anything:
            return "any";
        case Kind::text:
        case Kind::listen:
            return "text";
        case Kind::secret:
            return "secret";
        case Kind::flag:
            return "boolean";
        case Kind::whole_number:
            return "whole number";
        case Kind::duration:
            return "duration";
        case Kind::url:
            return "URL";
        case Kind::provider_url:
            return "https URL";
        case Kind::file:
            return "path";
        case Kind::choice:
            return "one of";
        case Kind::choices:
            return "one or a list of";
        case Kind::texts:
            return "list of text";
        case Kind::text_or_texts:
            return "text, or a list";
        case Kind::secrets:
            return "secret, or a list";
        case Kind::globs:
            return "list of patterns";
        case Kind::glob_or_globs:
            return "pattern, or a list";
        case Kind::text_map:
            return "object of text";
        case Kind::sources:
            return "list of text, or `false`";
        case Kind::on:
            return "`true`";
        case Kind::off:
            return "`false`";
        case Kind::refused:
            return "refused";
    }
    return {};
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
