#pragma once

#include "base/error.h"
#include "session/errors.h"
#include "session/store.h"

#include <chrono>

// Why a session is not renewed, in the words that its browser is told.
namespace stagedoor::session::refusal {

inline constexpr std::chrono::seconds kRetryAfter{2};

[[nodiscard]] inline base::Error ended(EndReason reason) {
    if (reason == EndReason::sign_out) {
        return {errors::kSessionSignedOut, "The session has ended: its user signed out"};
    }
    return {errors::kSessionEnded, "The session has ended"};
}

[[nodiscard]] inline base::Error replaced() {
    return base::Error(errors::kSessionReplaced, "A new login has taken the place of this session")
        .retry_in(kRetryAfter);
}

[[nodiscard]] inline base::Error busy() {
    return {errors::kSessionBusy, "The session is being renewed by another request"};
}

[[nodiscard]] inline base::Error missing() {
    return {errors::kSessionMissing, "The session is not known any more"};
}

}  // namespace stagedoor::session::refusal
