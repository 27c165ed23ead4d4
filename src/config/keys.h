#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

// The one table of all keys: what is accepted, the JSON Schema and the reference in the documentation come
// from it.
namespace stagedoor::config {

enum class Kind : std::uint8_t {
    object,         // an object with known keys
    objects,        // a list of such
    anything,       // not looked into
    text,           // not empty
    secret,         // text that is never shown
    flag,           // a boolean, also as 1, "yes", "on", ...
    whole_number,   // min..max, also as text
    duration,       // "30m", "PT30M" or {minutes: 30}; min is in milliseconds
    url,            // http or https
    provider_url,   // https; http for an address of this machine
    file,           // a path, relative to the file that names it
    choice,         // one of `choices`
    choices,        // one or a list of them
    texts,          // a list of text
    text_or_texts,  // text or a list of text
    secrets,        // a secret or a list of them
    globs,          // a list of origin patterns
    glob_or_globs,  // one or a list of them
    text_map,       // an object of text
    sources,        // a list of CSP sources, or false
    listen,         // "port", ":port" or "host:port"
    on,             // true
    off,            // false
    refused,        // known, and an error: `text` is the remedy
};

struct Key {
    // Names joined by dots. `*` is any name, `[]` any item of a list, {oauth} and {proxy} any provider of
    // that shape.
    std::string_view path = {};
    Kind kind = Kind::object;
    Kind instead = Kind::object;     // accepted in place of an object
    bool required = false;           // where the object that holds it is present
    bool open = false;               // an object whose unknown keys are ignored
    std::string_view fallback = {};  // the default, for the documentation
    double min = 0;
    double max = std::numeric_limits<std::int32_t>::max();
    std::string_view choices = {};  // separated by spaces
    std::string_view text = {};     // one line of documentation
    std::string_view later = {};    // not empty: accepted and without effect, for this reason
};

// One table of the documentation.
struct KeyGroup {
    std::string_view title;
    std::string_view introduction;
    std::span<const Key> keys;
};

[[nodiscard]] std::span<const KeyGroup> key_groups();

[[nodiscard]] std::span<const Key> app_keys();
[[nodiscard]] std::span<const Key> backend_keys();
[[nodiscard]] std::span<const Key> database_keys();
[[nodiscard]] std::span<const Key> limit_keys();
[[nodiscard]] std::span<const Key> auth_keys();
[[nodiscard]] std::span<const Key> identity_keys();
[[nodiscard]] std::span<const Key> oauth_keys();
[[nodiscard]] std::span<const Key> provider_keys();
[[nodiscard]] std::span<const Key> proxy_keys();

// The ids of the providers, by shape: OAuth providers have one object per environment, proxy providers have
// none.
[[nodiscard]] std::span<const std::string_view> oauth_providers();
[[nodiscard]] std::span<const std::string_view> proxy_providers();

// Backstage's own keys directly under `section` ("app" or "backend") that do not concern us.
[[nodiscard]] std::span<const std::string_view> foreign_keys(std::string_view section);

}  // namespace stagedoor::config
