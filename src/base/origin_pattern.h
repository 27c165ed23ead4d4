#pragma once

#include "base/url.h"

#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::base {

// A glob over origins, as `auth.experimentalExtraAllowedOrigins` and `backend.cors.origin` write them: `*`
// and `**` match any run of characters but "/", `?` one of them, `[...]` a class, `{a,b}` alternatives; case
// does not matter. So "https://*.example.com" admits https://a.b.example.com, "http://localhost:*" any port
// but not the bare host, and
// "*" admits nothing, because every origin has slashes. Brackets right after "://" that hold a colon are an
// IPv6 address.
class OriginPattern {
 public:
    // Error: url.malformed, for an unbalanced bracket or brace, braces without a comma, more than 64
    // alternatives, and for what other globs know and this one does not (negation, extended globs,
    // backslashes).
    [[nodiscard]] static Result<OriginPattern> parse(std::string_view glob);
    [[nodiscard]] bool matches(const Origin& origin) const;
    [[nodiscard]] const std::string& text() const { return text_; }

 private:
    explicit OriginPattern(std::string text) : text_(std::move(text)) {}
    std::string text_;
    std::vector<std::string> alternatives_;  // braces expanded, lower case
};

}  // namespace stagedoor::base
