#include "page/security_headers.h"

#include "base/encoding.h"
#include "page/errors.h"

#include <algorithm>
#include <array>
#include <span>

namespace stagedoor::page {

namespace {

using base::Result;
using Values = std::vector<std::string>;
using Policy = std::map<std::string, Values>;

// The tokens of Referrer Policy, section 3.
constexpr auto kReferrerPolicies = std::to_array<std::string_view>({
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
    "unsafe-url",
});

Policy default_policy() {
    return {
        {"default-src", {"'self'"}},
        {"base-uri", {"'self'"}},
        {"font-src", {"'self'", "https:", "data:"}},
        {"frame-ancestors", {"'self'"}},
        {"img-src", {"'self'", "data:"}},
        {"object-src", {"'none'"}},
        {"script-src", {"'self'", "'unsafe-eval'"}},
        {"script-src-attr", {"'none'"}},
        {"style-src", {"'self'", "https:", "'unsafe-inline'"}},
        {"upgrade-insecure-requests", {}},
    };
}

// "scriptSrc" becomes "script-src".
std::string to_directive_name(std::string_view name) {
    std::string directive;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            directive += {'-', static_cast<char>(c | 0x20)};
        } else {
            directive += c;
        }
    }
    return directive;
}

// CSP3, section 2.3.
bool is_directive_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

// A ";" would begin another directive, a "," another policy.
bool is_directive_value(std::string_view value) {
    return !value.empty() &&
           std::ranges::all_of(value, [](char c) { return c > ' ' && c <= '~' && c != ';' && c != ','; });
}

Result<std::string> content_security_policy(const SecurityHeaderOptions& options) {
    Policy policy = default_policy();
    for (const auto& [key, values] : options.content_security_policy) {
        const std::string name = to_directive_name(key);
        if (!is_directive_name(name) || (values && !std::ranges::all_of(*values, is_directive_value))) {
            return base::fail(
                errors::kSecurityHeaderMalformed, "The content security policy has a malformed directive."
            );
        }
        if (values) {
            policy[name] = *values;
        } else {
            policy.erase(name);
        }
    }
    std::string text;
    for (const auto& [name, values] : policy) {
        if (!text.empty()) text += "; ";
        text += name;
        for (const auto& value : values) text.append(" ").append(value);
    }
    return text;
}

Result<std::string> referrer_policy(const SecurityHeaderOptions& options) {
    std::string text;
    for (const std::string& token : options.referrer_policy) {
        if (std::ranges::find(kReferrerPolicies, token) == kReferrerPolicies.end()) {
            return base::fail(
                errors::kSecurityHeaderMalformed, "The referrer policy is not one that browsers know."
            );
        }
        if (!text.empty()) text += ", ";
        text += token;
    }
    return text;
}

}  // namespace

Result<SecurityHeaders> SecurityHeaders::make(const SecurityHeaderOptions& options) {
    STAGEDOOR_TRY(std::string csp, content_security_policy(options));
    STAGEDOOR_TRY(std::string referrer, referrer_policy(options));
    std::vector<http::Field> fields;
    if (!csp.empty()) fields.push_back({"Content-Security-Policy", std::move(csp)});
    if (!referrer.empty()) fields.push_back({"Referrer-Policy", std::move(referrer)});
    fields.push_back({"Strict-Transport-Security", "max-age=15552000; includeSubDomains"});
    fields.push_back({"X-Content-Type-Options", "nosniff"});
    fields.push_back({"X-DNS-Prefetch-Control", "off"});
    fields.push_back({"X-Download-Options", "noopen"});
    fields.push_back({"X-Frame-Options", "SAMEORIGIN"});
    fields.push_back({"X-Permitted-Cross-Domain-Policies", "none"});
    // The filter of old browsers did more harm than good.
    fields.push_back({"X-XSS-Protection", "0"});
    return SecurityHeaders(std::move(fields));
}

void SecurityHeaders::apply(http::Response& response) const {
    // All of our names are different, so what is added need not be looked at again.
    const std::size_t own = response.fields.size();
    response.fields.reserve(own + fields_.size());
    for (const http::Field& field : fields_) {
        const auto set = std::span(response.fields).first(own);
        const bool has = std::ranges::any_of(set, [&](const http::Field& each) {
            return base::equal_ignoring_case(each.name, field.name);
        });
        if (!has) response.fields.push_back(field);
    }
}

}  // namespace stagedoor::page
