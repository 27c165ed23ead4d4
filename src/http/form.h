#pragma once

#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stagedoor::http {

// Names and values of a query or of an application/x-www-form-urlencoded body, in order.
class Parameters {
 public:
    Parameters() = default;
    // Error: request.malformed_parameters, for a broken percent escape, text that is not UTF-8, or over 128
    // parameters.
    [[nodiscard]] static base::Result<Parameters> parse(std::string_view encoded);

    // The first value of this name; nothing if the name does not occur.
    [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
    // The first value of this name, or an empty text.
    [[nodiscard]] std::string_view value(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;

    void add(std::string_view name, std::string_view value);
    // Adds, or replaces the first value of this name and drops the others.
    void set(std::string_view name, std::string_view value);
    [[nodiscard]] bool empty() const { return pairs_.empty(); }
    [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
    // Form-encoded: "a=1&b=x+y".
    [[nodiscard]] std::string to_string() const;

 private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

}  // namespace stagedoor::http
