#include "provider/description.h"

#include <span>

namespace stagedoor::provider {

namespace {

struct Implication {
    std::string_view scope;
    std::span<const std::string_view> includes;
};

// https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
// GitHub answers the scopes in normal form: of "repo,public_repo" it says "repo". Who asked for the included
// one has it all the same.
constexpr std::string_view kRepo[] = {
    "repo:status", "repo_deployment", "public_repo", "repo:invite", "security_events"
};
constexpr std::string_view kUser[] = {"read:user", "user:email", "user:follow"};
constexpr std::string_view kAdminOrg[] = {"write:org", "read:org"};
constexpr std::string_view kWriteOrg[] = {"read:org"};
constexpr std::string_view kAdminRepoHook[] = {"write:repo_hook", "read:repo_hook"};
constexpr std::string_view kWriteRepoHook[] = {"read:repo_hook"};
constexpr std::string_view kAdminPublicKey[] = {"write:public_key", "read:public_key"};
constexpr std::string_view kWritePublicKey[] = {"read:public_key"};
constexpr std::string_view kAdminGpgKey[] = {"write:gpg_key", "read:gpg_key"};
constexpr std::string_view kWriteGpgKey[] = {"read:gpg_key"};
constexpr std::string_view kAdminEnterprise[] = {
    "manage_runners:enterprise", "manage_billing:enterprise", "read:enterprise"
};
constexpr std::string_view kWritePackages[] = {"read:packages"};
constexpr std::string_view kWriteDiscussion[] = {"read:discussion"};
constexpr std::string_view kProject[] = {"read:project"};
constexpr std::string_view kCodespace[] = {"codespace:secrets"};

constexpr Implication kImplications[] = {
    {"repo", kRepo},
    {"user", kUser},
    {"admin:org", kAdminOrg},
    {"write:org", kWriteOrg},
    {"admin:repo_hook", kAdminRepoHook},
    {"write:repo_hook", kWriteRepoHook},
    {"admin:public_key", kAdminPublicKey},
    {"write:public_key", kWritePublicKey},
    {"admin:gpg_key", kAdminGpgKey},
    {"write:gpg_key", kWriteGpgKey},
    {"admin:enterprise", kAdminEnterprise},
    {"write:packages", kWritePackages},
    {"write:discussion", kWriteDiscussion},
    {"project", kProject},
    {"codespace", kCodespace},
};

oauth::ScopeSet implied_by(const oauth::ScopeSet& granted) {
    oauth::ScopeSet implied;
    for (const auto& [scope, includes] : kImplications) {
        if (!granted.contains(scope)) continue;
        for (const auto included : includes) implied.add(included);
    }
    return implied;
}

std::optional<std::string> text(const jose::JsonObject& user, std::string_view name) {
    const auto value = user.string(name);
    if (!value || value->empty()) return std::nullopt;
    return std::string(*value);
}

// https://docs.github.com/en/rest/users/users#get-the-authenticated-user
oauth::Profile profile_of(const jose::JsonObject& user) {
    oauth::Profile profile;
    profile.email = text(user, "email");  // the public one; null if the user shows none
    profile.picture = text(user, "avatar_url");
    profile.display_name = text(user, "name");
    if (!profile.display_name) profile.display_name = text(user, "login");
    return profile;
}

std::string id_of(const jose::JsonObject& user) {
    const auto id = user.integer("id");
    return id ? std::to_string(*id) : std::string();
}

}  // namespace

// https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
// https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens
Description github(const Settings& settings) {
    auto host = settings.enterprise_instance_url.value_or("https://github.com");
    while (host.ends_with('/')) host.pop_back();

    Description github;
    github.endpoints.authorization = host + "/login/oauth/authorize";
    github.endpoints.token = host + "/login/oauth/access_token";
    github.endpoints.userinfo =
        settings.enterprise_instance_url ? host + "/api/v3/user" : "https://api.github.com/user";

    github.required_scopes = {"read:user"};
    // A login replaces the scopes of the app's token: one that asked for less would take them away.
    github.keeps_scopes = true;
    github.refresh_scope = RefreshScope::omitted;
    github.implied_scopes = implied_by;
    github.client_authentication = oauth::ClientAuthenticationMethod::client_secret_post;

    github.profile_source = ProfileSource::userinfo;
    github.map_profile = profile_of;
    github.subject = id_of;
    // Tokens of OAuth apps do not expire, and have no refresh token; those of GitHub apps do, unless that is
    // switched off.
    github.keeps_access_token = true;
    return github;
}

}  // namespace stagedoor::provider
