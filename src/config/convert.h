#pragma once

#include "base/origin_pattern.h"
#include "base/url.h"
#include "config/config.h"
#include "config/keys.h"
#include "config/value.h"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// From values of a document to typed ones, as Backstage's reader takes them. The error is what is wrong, fit
// to follow "auth.session.secret: "; it never holds the value.
namespace stagedoor::config {

template <class T>
using Converted = std::expected<T, std::string>;

[[nodiscard]] Converted<std::string> to_text(const Value& value);
[[nodiscard]] Converted<bool> to_flag(const Value& value);
[[nodiscard]] Converted<std::int64_t> to_whole_number(const Value& value);
[[nodiscard]] Converted<Duration> to_duration(const Value& value);
[[nodiscard]] Converted<base::Url> to_url(const Value& value);
// https, or http for an address of this machine.
[[nodiscard]] Converted<base::Url> to_provider_url(const Value& value);
// Absolute: relative ones refer to the folder of the file that holds the value.
[[nodiscard]] Converted<std::filesystem::path> to_file(const Value& value);
// A list; or one text, if `single`.
[[nodiscard]] Converted<std::vector<std::string>> to_texts(const Value& value, bool single);
[[nodiscard]] Converted<std::vector<base::OriginPattern>> to_globs(const Value& value, bool single);
[[nodiscard]] Converted<std::map<std::string, std::string>> to_text_map(const Value& value);
// No value: `false`.
[[nodiscard]] Converted<std::optional<std::vector<std::string>>> to_sources(const Value& value);
[[nodiscard]] Converted<Listen> to_listen(const Value& value);

// Whether `value` is what `key` takes; the error if it is not. For kinds without keys below them.
[[nodiscard]] Converted<void> check(const Key& key, Kind kind, const Value& value);

// "a b c" as its words.
[[nodiscard]] std::vector<std::string_view> words(std::string_view text);

}  // namespace stagedoor::config
