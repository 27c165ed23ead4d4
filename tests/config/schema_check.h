#pragma once

#include <boost/json.hpp>

#include <string>

namespace stagedoor::config {

// Holds a JSON value against a JSON Schema: of draft 7 the keywords that docs/app-config.schema.json uses,
// and no other (any other makes the check fail).
class SchemaCheck {
 public:
    explicit SchemaCheck(const std::string& schema) : root_(boost::json::parse(schema)) {}
    [[nodiscard]] bool accepts(const boost::json::value& value) const { return accepts(root_, value); }

 private:
    [[nodiscard]] bool accepts(const boost::json::value& schema, const boost::json::value& value) const;
    [[nodiscard]] bool accepts_object(const boost::json::object& schema, const boost::json::object& value)
        const;
    [[nodiscard]] bool keyword(
        boost::json::string_view name,
        const boost::json::value& argument,
        const boost::json::object& schema,
        const boost::json::value& value
    ) const;

    boost::json::value root_;
};

}  // namespace stagedoor::config
