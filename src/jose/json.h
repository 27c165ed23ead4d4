#pragma once

#include "base/result.h"

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::jose {

struct JsonLimits {
    std::size_t bytes = 256 * 1024;
    std::size_t depth = 16;
};

// A JSON object that came from outside, read strictly (RFC 8259, with the uniqueness of RFC 7493,
// section 2.3), and immutable from then on. A copy shares its content.
//
// The accessors answer nothing where a member is missing or has another type; has() tells the two apart.
class JsonObject {
 public:
    JsonObject();  // {}
    explicit JsonObject(boost::json::object object);

    // Errors: json.malformed, for text that is no JSON object (an array or a bare value included), is not
    // UTF-8, or is over the limits; json.duplicate_member, for a name that occurs twice in one object at any
    // depth, since two readers may then see two different values.
    [[nodiscard]] static base::Result<JsonObject> parse(std::string_view text, JsonLimits limits = {});

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool is_null(std::string_view name) const;
    [[nodiscard]] bool empty() const;
    [[nodiscard]] std::optional<std::string_view> string(std::string_view name) const;
    // A whole number; also one that is written as 1e3 or 1.0, up to 2^53.
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name) const;
    // Any finite number.
    [[nodiscard]] std::optional<double> number(std::string_view name) const;
    [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
    // An array of strings, and nothing else in it.
    [[nodiscard]] std::optional<std::vector<std::string>> strings(std::string_view name) const;
    [[nodiscard]] std::optional<JsonObject> object(std::string_view name) const;

    // For what the accessors do not cover; include <boost/json.hpp> to use it.
    [[nodiscard]] const boost::json::object& raw() const { return *object_; }
    [[nodiscard]] std::string to_string() const;

 private:
    std::shared_ptr<const boost::json::object> object_;
};

}  // namespace stagedoor::jose
