#include "config/schema_check.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <stdexcept>

namespace stagedoor::config {
namespace {

namespace json = boost::json;

bool has_type(json::string_view type, const json::value& value) {
    if (type == "object") return value.is_object();
    if (type == "array") return value.is_array();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_bool();
    if (type == "null") return value.is_null();
    if (type == "number") return value.is_number();
    if (type == "integer") {
        return value.is_int64() || value.is_uint64() ||
               (value.is_double() &&
                value.get_double() == static_cast<double>(static_cast<std::int64_t>(value.get_double())));
    }
    throw std::logic_error("unknown type");
}

// enum compares by value: 1 and 1.0 are the same, true and 1 are not.
bool same(const json::value& a, const json::value& b) {
    if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
    return a == b;
}

}  // namespace

bool SchemaCheck::accepts(const json::value& schema, const json::value& value) const {
    if (schema.is_bool()) return schema.get_bool();
    return std::ranges::all_of(schema.get_object(), [&](const auto& entry) {
        return keyword(entry.key(), entry.value(), schema.get_object(), value);
    });
}

bool SchemaCheck::keyword(
    json::string_view name, const json::value& argument, const json::object& schema, const json::value& value
) const {
    if (name == "$schema" || name == "title" || name == "description" || name == "definitions") return true;
    if (name == "$ref") {
        const auto target =
            std::string(argument.get_string()).substr(std::string_view("#/definitions/").size());
        return accepts(root_.at("definitions").at(target), value);
    }
    if (name == "type") return has_type(argument.get_string(), value);
    if (name == "enum")
        return std::ranges::any_of(argument.get_array(), [&](const auto& one) { return same(one, value); });
    if (name == "anyOf") {
        return std::ranges::any_of(argument.get_array(), [&](const auto& one) {
            return accepts(one, value);
        });
    }
    if (name == "not") return !accepts(argument, value);
    if (name == "properties") return !value.is_object() || accepts_object(schema, value.get_object());
    if (name == "additionalProperties")
        return !value.is_object() || accepts_object(schema, value.get_object());
    if (name == "items") {
        return !value.is_array() || std::ranges::all_of(value.get_array(), [&](const auto& item) {
            return accepts(argument, item);
        });
    }
    if (name == "minLength")
        return !value.is_string() || value.get_string().size() >= argument.to_number<std::size_t>();
    if (name == "minProperties")
        return !value.is_object() || value.get_object().size() >= argument.to_number<std::size_t>();
    if (name == "maxProperties")
        return !value.is_object() || value.get_object().size() <= argument.to_number<std::size_t>();
    if (name == "minimum")
        return !value.is_number() || value.to_number<double>() >= argument.to_number<double>();
    if (name == "maximum")
        return !value.is_number() || value.to_number<double>() <= argument.to_number<double>();
    if (name == "pattern") {
        return !value.is_string() ||
               std::regex_search(
                   std::string(value.get_string()), std::regex(std::string(argument.get_string()))
               );
    }
    throw std::logic_error("keyword " + std::string(name));
}

bool SchemaCheck::accepts_object(const json::object& schema, const json::object& value) const {
    const auto* properties = schema.if_contains("properties");
    const auto* others = schema.if_contains("additionalProperties");
    return std::ranges::all_of(value, [&](const auto& member) {
        const auto* known =
            properties == nullptr ? nullptr : properties->get_object().if_contains(member.key());
        if (known != nullptr) return accepts(*known, member.value());
        return others == nullptr || accepts(*others, member.value());
    });
}

namespace {

TEST(SchemaCheck, JudgesTheKeywordsThatWeUse) {
    const SchemaCheck check(R"({
        "type": "object",
        "properties": {"n": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 3}, {"$ref": "#/definitions/t"}]}},
        "additionalProperties": false,
        "definitions": {"t": {"type": "string", "pattern": "^a", "minLength": 2}}
    })");
    EXPECT_TRUE(check.accepts(json::parse(R"({"n": 3})")));
    EXPECT_TRUE(check.accepts(json::parse(R"({"n": "ab"})")));
    EXPECT_FALSE(check.accepts(json::parse(R"({"n": "a"})")));
    EXPECT_FALSE(check.accepts(json::parse(R"({"n": "ba"})")));
    EXPECT_FALSE(check.accepts(json::parse(R"({"n": 4})")));
    EXPECT_FALSE(check.accepts(json::parse(R"({"m": 1})")));
    EXPECT_FALSE(check.accepts(json::parse("[]")));
    EXPECT_THROW((void)SchemaCheck(R"({"oneOf": []})").accepts(json::parse("1")), std::logic_error);
}

}  // namespace
}  // namespace stagedoor::config
