#include "flow/origins.h"

#include "flow/errors.h"

#include <fmt/core.h>

#include <algorithm>

namespace stagedoor::flow {

AllowedOrigins::AllowedOrigins(base::Origin app, std::vector<base::OriginPattern> further)
    : app_(std::move(app)), further_(std::move(further)) {}

bool AllowedOrigins::contains(const base::Origin& origin) const {
    return origin == app_ || std::ranges::any_of(further_, [&](const base::OriginPattern& pattern) {
               return pattern.matches(origin);
           });
}

base::Result<base::Origin> AllowedOrigins::admit(std::string_view text) const {
    const auto url = base::Url::parse(text);
    if (!url) {
        return base::fail(base::Error(errors::kOriginInvalid, "App origin is invalid, failed to parse")
                              .caused_by(url.error()));
    }
    if (!contains(url->origin())) {
        return base::fail(
            errors::kOriginNotAllowed, fmt::format("Origin '{}' is not allowed", url->origin().to_string())
        );
    }
    return url->origin();
}

base::Result<base::Origin> AllowedOrigins::admit_field(std::string_view text) const {
    const auto origin = base::Origin::parse(text);
    if (!origin) {
        return base::fail(base::Error(errors::kOriginNotAllowed, "The Origin of the request is not allowed")
                              .caused_by(origin.error()));
    }
    if (!contains(*origin)) {
        return base::fail(
            errors::kOriginNotAllowed, fmt::format("Origin '{}' is not allowed", origin->to_string())
        );
    }
    return *origin;
}

base::Result<base::Url> AllowedOrigins::admit_redirect(std::string_view text) const {
    auto url = base::Url::parse(text);
    if (!url) {
        return base::fail(
            base::Error(errors::kRedirectUrlNotAllowed, "Redirect URL is invalid, failed to parse")
                .caused_by(url.error())
        );
    }
    if (!contains(url->origin())) {
        return base::fail(
            errors::kRedirectUrlNotAllowed,
            fmt::format("Redirect URL with origin '{}' is not allowed", url->origin().to_string())
        );
    }
    return *url;
}

}  // namespace stagedoor::flow
