#include "flow/context.h"

#include "flow/errors.h"

#include <fmt/core.h>

namespace stagedoor::flow {

void set_cookies(
    http::Response& response, const std::vector<http::SetCookie>& cookies, base::SystemTime now
) {
    for (const auto& cookie : cookies) response.add("Set-Cookie", cookie.to_string(now));
}

base::Result<std::string_view> single(const http::Parameters& parameters, std::string_view name) {
    if (parameters.count(name) > 1) {
        return base::fail(
            errors::kParameterRepeated, fmt::format("Parameter '{}' is given more than once", name)
        );
    }
    return parameters.value(name);
}

}  // namespace stagedoor::flow
