#include "config/convert.h"
#include "config/nearest.h"

#include <fmt/format.h>

#include <algorithm>

namespace stagedoor::config {
namespace {

template <class T>
Converted<void> without_value(const Converted<T>& converted) {
    if (!converted) return std::unexpected(converted.error());
    return {};
}

Converted<void> check_number(const Key& key, const Value& value) {
    const auto number = to_whole_number(value);
    if (!number) return std::unexpected(number.error());
    const auto real = static_cast<double>(*number);
    if (real < key.min || real > key.max) {
        return std::unexpected(fmt::format("must be from {:.0f} to {:.0f}", key.min, key.max));
    }
    return {};
}

Converted<void> check_duration(const Key& key, const Value& value) {
    const auto duration = to_duration(value);
    if (!duration) return std::unexpected(duration.error());
    if (static_cast<double>(duration->count()) < key.min) return std::unexpected("must be longer than zero");
    return {};
}

Converted<void> check_choice(const Key& key, const std::string& text) {
    const auto choices = words(key.choices);
    if (std::ranges::find(choices, text) != choices.end()) return {};
    const auto meant = nearest(text, choices);
    std::string message = fmt::format("must be one of {}", fmt::join(choices, ", "));
    if (!meant.empty()) message += fmt::format("; did you mean '{}'?", meant);
    return std::unexpected(std::move(message));
}

Converted<void> check_choices(const Key& key, const Value& value, bool list) {
    if (!list) {
        const auto text = to_text(value);
        return text ? check_choice(key, *text) : std::unexpected(text.error());
    }
    const auto texts = to_texts(value, true);
    if (!texts) return std::unexpected(texts.error());
    for (const auto& text : *texts) {
        if (auto checked = check_choice(key, text); !checked) return checked;
    }
    return {};
}

Converted<void> check_exactly(bool wanted, const Value& value) {
    if (value.flag() != nullptr && *value.flag() == wanted) return {};
    return std::unexpected(fmt::format("must be {} or an object", wanted));
}

Converted<void> check_list_or_map(Kind kind, const Value& value) {
    switch (kind) {
        case Kind::texts:
            return without_value(to_texts(value, false));
        case Kind::text_or_texts:
        case Kind::secrets:
            return without_value(to_texts(value, true));
        case Kind::globs:
            return without_value(to_globs(value, false));
        case Kind::glob_or_globs:
            return without_value(to_globs(value, true));
        case Kind::text_map:
            return without_value(to_text_map(value));
        case Kind::sources:
            return without_value(to_sources(value));
        default:
            return std::unexpected(fmt::format("must be an object, not {}", value.type_name()));
    }
}

}  // namespace

Converted<void> check(const Key& key, Kind kind, const Value& value) {
    switch (kind) {
        case Kind::anything:
            return {};
        case Kind::text:
        case Kind::secret:
            return without_value(to_text(value));
        case Kind::flag:
            return without_value(to_flag(value));
        case Kind::whole_number:
            return check_number(key, value);
        case Kind::duration:
            return check_duration(key, value);
        case Kind::url:
            return without_value(to_url(value));
        case Kind::provider_url:
            return without_value(to_provider_url(value));
        case Kind::file:
            return without_value(to_file(value));
        case Kind::choice:
            return check_choices(key, value, false);
        case Kind::choices:
            return check_choices(key, value, true);
        case Kind::listen:
            return without_value(to_listen(value));
        case Kind::on:
            return check_exactly(true, value);
        case Kind::off:
            return check_exactly(false, value);
        case Kind::refused:
            return std::unexpected(std::string(key.text));
        default:
            return check_list_or_map(kind, value);
    }
}

}  // namespace stagedoor::config
