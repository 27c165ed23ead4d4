#pragma once

#include "base/error.h"

namespace stagedoor::flow::errors {

using base::ErrorKind;
namespace name = base::error_name;

// Which provider and environment a request is for.
inline constexpr ErrorKind kUnknownProvider{"request.unknown_provider", 404, name::kNotFound};
inline constexpr ErrorKind kNotFound{"request.not_found", 404, name::kNotFound};
inline constexpr ErrorKind kEnvironmentMissing{"request.environment_missing", 400, name::kInput};
inline constexpr ErrorKind kEnvironmentUnknown{"request.environment_unknown", 404, name::kNotFound};
inline constexpr ErrorKind kParameterRepeated{"request.parameter_repeated", 400, name::kInput};
inline constexpr ErrorKind kRedirectUrlMissing{"request.redirect_url_missing", 400, name::kInput};
inline constexpr ErrorKind kParameterTooLong{"request.parameter_too_long", 400, name::kInput};
inline constexpr ErrorKind kChannelInvalid{"request.channel_invalid", 400, name::kInput};
inline constexpr ErrorKind kWaitInvalid{"request.wait_invalid", 400, name::kInput};

// Who sends it.
inline constexpr ErrorKind kOriginInvalid{"request.origin_invalid", 400, name::kInput};
inline constexpr ErrorKind kOriginNotAllowed{"request.origin_not_allowed", 403, name::kNotAllowed};
inline constexpr ErrorKind kRedirectUrlNotAllowed{"request.redirect_url_not_allowed", 403, name::kNotAllowed};
inline constexpr ErrorKind kRequestedWithMissing{
    "request.requested_with_missing", 401, name::kAuthentication
};
inline constexpr ErrorKind kCrossSite{"request.cross_site", 403, name::kNotAllowed};

// What came of it.
inline constexpr ErrorKind kLoginLoop{"login.loop", 429, name::kOther};
inline constexpr ErrorKind kResultTooLarge{"login.result_too_large", 500, name::kOther};
inline constexpr ErrorKind kRefreshFailed{"refresh.failed", 401, name::kAuthentication};
inline constexpr ErrorKind kRefreshUnavailable{"refresh.unavailable", 503, name::kUnavailable};
// The provider failed again and again, or asked for a pause: for a while nobody calls it.
inline constexpr ErrorKind kProviderPaused{"refresh.provider_paused", 503, name::kUnavailable};
inline constexpr ErrorKind kRefreshBroken{"refresh.broken", 500, name::kOther};
inline constexpr ErrorKind kShuttingDown{"service.shutting_down", 503, name::kUnavailable};

}  // namespace stagedoor::flow::errors
