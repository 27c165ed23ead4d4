#pragma once

#include "base/clock.h"
#include "base/secret.h"
#include "session/session_record.h"

#include <chrono>
#include <optional>
#include <string>

namespace stagedoor::flow {

// What a refresh brought, for everybody who asked with the same credential.
struct RefreshOutcome {
    base::Secret access_token;
    std::optional<std::string> id_token;
    std::optional<base::SystemTime> expires_at;  // of the access token
    std::string scope;
    session::SessionRecord record;  // the session from now on
    std::string successor_key;      // session::SingleFlight: the key of the record's credential
};

// The key of a credential in session::SingleFlight: a digest, so that no credential is kept as a key.
[[nodiscard]] std::string flight_key(
    std::string_view provider, std::string_view environment, const base::Secret& credential
);

}  // namespace stagedoor::flow
