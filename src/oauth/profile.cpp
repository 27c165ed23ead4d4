#include "oauth/profile.h"

namespace stagedoor::oauth {

namespace {
std::optional<std::string> text(const jose::JsonObject& claims, std::string_view name) {
    const auto value = claims.string(name);
    if (!value || value->empty()) return std::nullopt;
    return std::string(*value);
}

// A boolean, which some providers (Amazon Cognito) write as a string.
std::optional<bool> email_verified(const jose::JsonObject& claims) {
    const auto value = claims.string("email_verified");
    if (value == "true") return true;
    if (value == "false") return false;
    return claims.boolean("email_verified");
}
}  // namespace

void Profile::fill_gaps(const Profile& other) {
    if (!email) email = other.email;
    if (!picture) picture = other.picture;
    if (!display_name) display_name = other.display_name;
}

Profile profile_from_claims(const jose::JsonObject& claims, EmailRule rule) {
    Profile profile;
    const auto verified = email_verified(claims);
    const bool believed = rule == EmailRule::if_verified ? verified == true : verified != false;
    if (believed) profile.email = text(claims, "email");
    profile.picture = text(claims, "picture");
    profile.display_name = text(claims, "name");
    if (!profile.display_name) profile.display_name = text(claims, "preferred_username");
    return profile;
}

}  // namespace stagedoor::oauth
