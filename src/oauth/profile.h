#pragma once

#include "jose/json.h"

#include <optional>
#include <string>

namespace stagedoor::oauth {

// Who logged in, as an app shows it.
struct Profile {
    std::optional<std::string> email;
    std::optional<std::string> picture;
    std::optional<std::string> display_name;

    [[nodiscard]] bool complete() const { return email && picture && display_name; }
    // Takes from `other` what is missing here.
    void fill_gaps(const Profile& other);
    friend bool operator==(const Profile&, const Profile&) = default;
};

// How much an `email` claim needs to be believed (OpenID Connect Core 1.0, section 5.1, `email_verified`).
enum class EmailRule {
    unless_unverified,  // taken, unless email_verified is false
    if_verified,        // taken only if email_verified is true
};

// The standard claims of OpenID Connect Core 1.0, section 5.1: email, picture, and name (else
// preferred_username).
[[nodiscard]] Profile profile_from_claims(const jose::JsonObject& claims, EmailRule rule);

}  // namespace stagedoor::oauth
