#include "config/substitution.h"

namespace stagedoor::config {
namespace {

constexpr std::string_view kSpace = " \t\r\n\v\f";

// The end of the reference that begins with "${" at `start`, or npos if that is plain text.
std::size_t end_of_reference(std::string_view text, std::size_t start) {
    const auto end = text.find_first_of("{}", start + 2);
    return end != std::string_view::npos && text[end] == '}' ? end + 1 : std::string_view::npos;
}

Substituted resolve(std::string_view reference, const Environment& environment) {
    const auto separator = reference.find(":-");
    const std::string_view name = trim(reference.substr(0, separator));
    auto value = variable(name, environment);
    if (separator == std::string_view::npos) {
        return {.text = value, .missing = value ? std::string() : std::string(name)};
    }
    if (value && !value->empty()) return {.text = value, .missing = {}};
    const std::string_view fallback = trim(reference.substr(separator + 2));
    if (fallback.empty()) return {};
    return {.text = std::string(fallback), .missing = {}};
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::string> variable(std::string_view name, const Environment& environment) {
    const auto found = environment.find(name);
    if (found == environment.end()) return std::nullopt;
    return std::string(trim(found->second));
}

Substituted substitute(std::string_view text, const Environment& environment) {
    std::string out;
    std::size_t done = 0;
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at)) {
        const auto end = end_of_reference(text, at);
        if (end == std::string_view::npos) {
            at += 2;
            continue;
        }
        const bool escaped = at > done && text[at - 1] == '$';
        if (escaped) {
            out += text.substr(done, at - 1 - done);
            out += text.substr(at, end - at);
        } else {
            out += text.substr(done, at - done);
            auto value = resolve(text.substr(at + 2, end - at - 3), environment);
            if (!value.text) return value;
            out += *value.text;
        }
        done = end;
        at = end;
    }
    out += text.substr(done);
    return {.text = std::move(out), .missing = {}};
}

}  // namespace stagedoor::config
