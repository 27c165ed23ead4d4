#pragma once

#include "config/load.h"
#include "config/value.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::config {

// What the steps of reading have to say, collected: no step stops the others.
class Findings {
 public:
    void error(
        const Place& place, std::string_view path, std::string message, std::string_view suggestion = {}
    );
    void warning(const Place& place, std::string_view path, std::string message);
    void not_in_effect(std::string_view path, std::string_view reason);

    // The key at `path` is absent, because the environment variable it was to come from is not set.
    void absent(const Place& place, std::string path, std::string variable);

    struct Absent {
        Place place;
        std::string variable;
    };
    [[nodiscard]] const std::map<std::string, Absent, std::less<>>& absent_keys() const { return absent_; }

    [[nodiscard]] bool has_errors() const { return !errors_.empty(); }
    // True if there is an error at this key, or below it.
    [[nodiscard]] bool has_error_at(std::string_view path) const;

    // Ordered by line within each file; the files as in `order`, then everything else.
    [[nodiscard]] std::vector<Problem> take_errors(const std::vector<std::string>& order);
    [[nodiscard]] std::vector<Problem> take_warnings(const std::vector<std::string>& order);
    [[nodiscard]] std::vector<NotInEffect> take_not_in_effect() { return std::move(not_in_effect_); }

 private:
    std::vector<Problem> errors_;
    std::vector<Problem> warnings_;
    std::vector<NotInEffect> not_in_effect_;
    std::map<std::string, Absent, std::less<>> absent_;
};

}  // namespace stagedoor::config
