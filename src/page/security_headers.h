#pragma once

#include "base/result.h"
#include "http/message.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::page {

struct SecurityHeaderOptions {
    // Changes to the default policy (`backend.csp`): the values of a directive, which may be none, or nothing
    // to leave the directive out. "scriptSrc" and "script-src" are the same directive.
    std::map<std::string, std::optional<std::vector<std::string>>> content_security_policy = {};
    // The tokens of Referrer-Policy (`backend.referrer`); the last one that a browser knows holds.
    std::vector<std::string> referrer_policy = {"no-referrer"};
};

// The fields that tell a browser what an answer may do, on every answer. Cross-Origin-Opener-Policy is not
// among them: it would cut the popup off from the window that waits for its result. Immutable after
// construction.
class SecurityHeaders {
 public:
    // Error: security_headers.malformed, for a directive or value that could break out of its place in the
    // field, or an unknown referrer policy.
    [[nodiscard]] static base::Result<SecurityHeaders> make(const SecurityHeaderOptions& options);

    // Adds each field that `response` has not set itself.
    void apply(http::Response& response) const;
    [[nodiscard]] const std::vector<http::Field>& fields() const { return fields_; }

 private:
    explicit SecurityHeaders(std::vector<http::Field> fields) : fields_(std::move(fields)) {}
    std::vector<http::Field> fields_;
};

}  // namespace stagedoor::page
