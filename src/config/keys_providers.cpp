#include "config/keys.h"

#include <array>

namespace stagedoor::config {
namespace {

constexpr std::string_view kProvider = "this version has no code for this provider";
constexpr std::string_view kSignIn =
    "this version issues no Backstage identities, so it resolves no sign-ins";
constexpr std::string_view kScopeRemedy =
    "is no longer read, as in Backstage: name the scopes in additionalScopes instead";

constexpr Key url(std::string_view path, bool required, std::string_view text) {
    return {.path = path, .kind = Kind::provider_url, .required = required, .text = text};
}
constexpr Key text(std::string_view path, bool required, std::string_view line) {
    return {.path = path, .kind = Kind::text, .required = required, .text = line};
}
constexpr Key flag(std::string_view path, std::string_view line) {
    return {.path = path, .kind = Kind::flag, .fallback = "`false`", .text = line};
}
constexpr Key later(std::string_view path, std::string_view line) {
    return {.path = path, .text = line, .later = kProvider};
}
constexpr Key refused(std::string_view path) {
    return {.path = path, .kind = Kind::refused, .text = kScopeRemedy};
}

constexpr std::array kOAuth{
    Key{.path = "auth.providers", .text = "By id. A provider set to `null` is switched off."},
    Key{.path = "auth.providers.{oauth}.*",
        .text =
            "An environment, named as `auth.environment` of the frontend: `development`, `production`, ..."},
    text("auth.providers.{oauth}.*.clientId", true, "The client id that the provider gave out."),
    Key{.path = "auth.providers.{oauth}.*.clientSecret",
        .kind = Kind::secret,
        .text = "The client secret. Required, except with `tokenEndpointAuthMethod: none`."},
    Key{.path = "auth.providers.{oauth}.*.callbackUrl",
        .kind = Kind::url,
        .fallback = "`{backend.baseUrl}/api/auth/{id}/handler/frame`",
        .text = "The redirect URI, exactly as registered at the provider."},
    Key{.path = "auth.providers.{oauth}.*.additionalScopes",
        .kind = Kind::text_or_texts,
        .text = "Scopes to ask for in every login, beside those of the app and of the provider."},
    Key{.path = "auth.providers.{oauth}.*.sessionDuration",
        .kind = Kind::duration,
        .fallback = "`1000 days`",
        .min = 1,
        .text = "How long the session cookie lives."},
    Key{.path = "auth.providers.{oauth}.*.tokenEndpointAuthMethod",
        .kind = Kind::choice,
        .fallback = "the provider's",
        .choices = "client_secret_basic client_secret_post none",
        .text = "How this client proves itself at the token endpoint (RFC 6749 section 2.3)."},
    Key{.path = "auth.providers.{oauth}.*.responseMode",
        .kind = Kind::choice,
        .fallback = "`query`",
        .choices = "query form_post",
        .text = "How the provider sends its answer; `form_post` needs https."},
    Key{.path = "auth.providers.{oauth}.*.profileMaxAge",
        .kind = Kind::duration,
        .fallback = "`1h`",
        .text = "How old a profile may be before a refresh reads it again."},
    Key{.path = "auth.providers.{oauth}.*.timeout",
        .kind = Kind::duration,
        .fallback = "`10s`",
        .min = 1,
        .text = "For each call to the provider."},
    Key{.path = "auth.providers.{oauth}.*.endpoints",
        .text = "Replaces endpoints of the provider, each alone; for tests and for gateways. https, except "
                "on loopback "
                "addresses."},
    url("auth.providers.{oauth}.*.endpoints.issuer",
        false,
        "The issuer, compared byte by byte (RFC 9207, `iss`)."),
    url("auth.providers.{oauth}.*.endpoints.authorization", false, "The authorization endpoint."),
    url("auth.providers.{oauth}.*.endpoints.token", false, "The token endpoint."),
    url("auth.providers.{oauth}.*.endpoints.userinfo", false, "The userinfo or profile endpoint."),
    url("auth.providers.{oauth}.*.endpoints.revocation", false, "The revocation endpoint (RFC 7009)."),
    url("auth.providers.{oauth}.*.endpoints.jwks", false, "The provider's key set (RFC 7517)."),
    Key{.path = "auth.providers.{oauth}.*.signIn", .text = "Signing in to Backstage.", .later = kSignIn},
    Key{.path = "auth.providers.{oauth}.*.signIn.resolvers",
        .kind = Kind::objects,
        .text = "Tried in their order."},
    Key{.path = "auth.providers.{oauth}.*.signIn.resolvers.[].resolver",
        .kind = Kind::text,
        .text = "Its name."},
    Key{.path = "auth.providers.{oauth}.*.signIn.resolvers.[].allowedDomains",
        .kind = Kind::texts,
        .text = "Domains of e-mail addresses that may sign in."},
    Key{.path = "auth.providers.{oauth}.*.signIn.resolvers.[].dangerouslyAllowSignInWithoutUserInCatalog",
        .kind = Kind::flag,
        .fallback = "`false`",
        .text = "Also users that the catalog does not have."},
    Key{.path = "auth.providers.{oauth}.*.signIn.resolvers.[].*",
        .kind = Kind::anything,
        .text = "Other options."},
};

constexpr std::array kProviders{
    Key{.path = "auth.providers.google", .text = "Google accounts; only the common keys."},
    Key{.path = "auth.providers.github", .text = "GitHub and GitHub Enterprise Server."},
    url("auth.providers.github.*.enterpriseInstanceUrl", false, "The address of an Enterprise Server."),
    Key{.path = "auth.providers.oauth2", .text = "Any OAuth 2.0 provider."},
    url("auth.providers.oauth2.*.authorizationUrl", true, "Its authorization endpoint; a query in it is kept."
    ),
    url("auth.providers.oauth2.*.tokenUrl", true, "Its token endpoint."),
    flag("auth.providers.oauth2.*.includeBasicAuth", "Client authentication by HTTP Basic."),
    flag("auth.providers.oauth2.*.disableRefresh", "Use no refresh tokens."),
    refused("auth.providers.oauth2.*.scope"),
    Key{.path = "auth.providers.oidc", .text = "Any OpenID provider."},
    url("auth.providers.oidc.*.metadataUrl",
        false,
        "Its issuer, or the address of its metadata. Required, unless `endpoints` names issuer, "
        "authorization, token "
        "and jwks."),
    Key{.path = "auth.providers.oidc.*.tokenSignedResponseAlg",
        .kind = Kind::choice,
        .fallback = "`RS256`",
        .choices = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA",
        .text = "The algorithm that signs ID tokens."},
    Key{.path = "auth.providers.oidc.*.prompt",
        .kind = Kind::text,
        .text = "The parameter `prompt` of a login. Absent or `auto`: none."},
    Key{.path = "auth.providers.oidc.*.startUrlSearchParams",
        .kind = Kind::text_map,
        .text = "Further parameters of a login."},
    refused("auth.providers.oidc.*.scope"),
    later("auth.providers.gitlab", "GitLab."),
    url("auth.providers.gitlab.*.audience", false, "The address of an instance."),
    later("auth.providers.microsoft", "Microsoft Entra ID."),
    text("auth.providers.microsoft.*.tenantId", true, "The tenant."),
    text("auth.providers.microsoft.*.domainHint", false, "The tenant's domain, to skip the account list."),
    flag("auth.providers.microsoft.*.skipUserProfile", "Do not read the profile from Graph."),
    later("auth.providers.atlassian", "Atlassian."),
    text("auth.providers.atlassian.*.audience", false, "Not used."),
    refused("auth.providers.atlassian.*.scope"),
    refused("auth.providers.atlassian.*.scopes"),
    later("auth.providers.auth0", "Auth0."),
    text("auth.providers.auth0.*.domain", true, "The tenant's domain."),
    text("auth.providers.auth0.*.audience", false, "The API that tokens are for."),
    text("auth.providers.auth0.*.connection", false, "The connection to log in with."),
    text("auth.providers.auth0.*.connectionScope", false, "Scopes for the connection."),
    text("auth.providers.auth0.*.prompt", false, "The parameter `prompt`."),
    text("auth.providers.auth0.*.organization", false, "The organization to log in to."),
    flag("auth.providers.auth0.*.federatedLogout", "Also sign out of Auth0."),
    later("auth.providers.bitbucket", "Bitbucket Cloud."),
    later("auth.providers.bitbucketServer", "Bitbucket Server."),
    text("auth.providers.bitbucketServer.*.host", true, "The host."),
    later("auth.providers.okta", "Okta."),
    url("auth.providers.okta.*.audience", false, "The address of the organization."),
    text("auth.providers.okta.*.authServerId", false, "The authorization server."),
    text("auth.providers.okta.*.idp", false, "The identity provider to use."),
    later("auth.providers.onelogin", "OneLogin."),
    url("auth.providers.onelogin.*.issuer", true, "The issuer."),
    later("auth.providers.openshift", "OpenShift."),
    url("auth.providers.openshift.*.authorizationUrl", true, "The authorization endpoint."),
    url("auth.providers.openshift.*.tokenUrl", true, "The token endpoint."),
    url("auth.providers.openshift.*.openshiftApiServerUrl", true, "The API server."),
    later("auth.providers.pinniped", "Pinniped."),
    url("auth.providers.pinniped.*.federationDomain", true, "The Supervisor's federation domain."),
    refused("auth.providers.pinniped.*.scope"),
    later("auth.providers.vmwareCloudServices", "VMware Cloud Services."),
    text("auth.providers.vmwareCloudServices.*.organizationId", true, "The organization."),
};

constexpr std::array kProxies{
    Key{.path = "auth.providers.{proxy}.signIn", .text = "Signing in to Backstage."},
    Key{.path = "auth.providers.{proxy}.signIn.resolvers",
        .kind = Kind::objects,
        .text = "Tried in their order."},
    Key{.path = "auth.providers.{proxy}.signIn.resolvers.[].resolver", .kind = Kind::text, .text = "Its name."
    },
    Key{.path = "auth.providers.{proxy}.signIn.resolvers.[].*", .kind = Kind::anything, .text = "Its options."
    },
    later("auth.providers.awsalb", "Behind an AWS Application Load Balancer."),
    text("auth.providers.awsalb.issuer", true, "The issuer of its tokens."),
    text("auth.providers.awsalb.region", true, "The region of the load balancer."),
    text("auth.providers.awsalb.signer", false, "The ARN of the load balancer."),
    later("auth.providers.gcpIap", "Behind Google's Identity-Aware Proxy."),
    text("auth.providers.gcpIap.audience", true, "The audience of its tokens."),
    text("auth.providers.gcpIap.jwtHeader", false, "The header field that has the token."),
    later("auth.providers.cfaccess", "Behind Cloudflare Access."),
    text("auth.providers.cfaccess.teamName", true, "The team."),
    text("auth.providers.cfaccess.audience", false, "The audience of its tokens."),
    text("auth.providers.cfaccess.jwtHeaderName", false, "The header field that has the token."),
    text("auth.providers.cfaccess.authorizationCookieName", false, "The cookie that has the token."),
    Key{.path = "auth.providers.cfaccess.serviceTokens",
        .kind = Kind::objects,
        .text = "Services that may sign in."},
    Key{.path = "auth.providers.cfaccess.serviceTokens.[].token",
        .kind = Kind::secret,
        .text = "Its client id."},
    text("auth.providers.cfaccess.serviceTokens.[].subject", false, "Its e-mail address here."),
    later("auth.providers.oauth2Proxy", "Behind oauth2-proxy."),
    later("auth.providers.azureEasyAuth", "Behind Azure App Service's authentication."),
    later("auth.providers.guest", "Signing in without an account, for development."),
    text("auth.providers.guest.userEntityRef", false, "Who a guest is."),
    Key{.path = "auth.providers.guest.ownershipEntityRefs", .kind = Kind::texts, .text = "What a guest owns."
    },
    flag("auth.providers.guest.dangerouslyAllowOutsideDevelopment", "Also in production."),
};

constexpr std::array<std::string_view, 15> kOAuthIds{
    "google",
    "github",
    "oauth2",
    "oidc",
    "gitlab",
    "microsoft",
    "atlassian",
    "auth0",
    "bitbucket",
    "okta",
    "bitbucketServer",
    "onelogin",
    "openshift",
    "pinniped",
    "vmwareCloudServices",
};
constexpr std::array<std::string_view, 6> kProxyIds{
    "awsalb", "gcpIap", "cfaccess", "oauth2Proxy", "azureEasyAuth", "guest"
};

}  // namespace

std::span<const Key> oauth_keys() {
    return kOAuth;
}
std::span<const Key> provider_keys() {
    return kProviders;
}
std::span<const Key> proxy_keys() {
    return kProxies;
}
std::span<const std::string_view> oauth_providers() {
    return kOAuthIds;
}
std::span<const std::string_view> proxy_providers() {
    return kProxyIds;
}

}  // namespace stagedoor::config
