#pragma once

#include "oauth/authorization_response.h"
#include "oauth/client_authentication.h"
#include "oauth/id_token.h"
#include "oauth/token_response.h"
#include "provider/description.h"
#include "provider/issuer.h"
#include "provider/provider.h"

#include <memory>
#include <string>

namespace stagedoor::provider {

// The one engine behind all providers that speak OAuth 2.0 or OpenID Connect: what they differ in is their
// Description.
class OAuthProvider final : public Provider {
 public:
    OAuthProvider(Settings settings, Description description, Network network);

    [[nodiscard]] const Settings& settings() const override { return settings_; }
    [[nodiscard]] std::string_view backstage_access_token_prefix() const override;
    [[nodiscard]] oauth::ScopeSet scope_of_login(
        const oauth::ScopeSet& requested, const oauth::ScopeSet& granted
    ) const override;
    [[nodiscard]] base::Task<base::Result<std::string>> issuer() override;
    [[nodiscard]] base::Task<base::Result<std::string>> authorization_url(LoginRequest request) override;
    [[nodiscard]] base::Task<base::Result<Grant>> exchange(LoginAnswer answer) override;
    [[nodiscard]] base::Task<base::Result<Grant>> refresh(RefreshRequest request) override;
    [[nodiscard]] base::Task<base::Result<void>> revoke(base::Secret credential, bool is_access_token)
        override;

 private:
    // What is known before a token response is read.
    struct Context {
        oauth::ScopeSet scope_if_omitted;
        oauth::ScopeSet asked;  // scopes that may be reported because another one implies them
        bool scope_is_complete = true;
        std::string nonce;  // empty: none was sent
        const RefreshRequest* refresh = nullptr;
    };

    [[nodiscard]] base::Task<base::Result<Grant>> complete(
        oauth::TokenResponse token, Context context, const oauth::Metadata& metadata
    );
    [[nodiscard]] base::Task<base::Result<void>> read_id_token(
        Grant& grant, const Context& context, const oauth::Metadata& metadata, oauth::Profile& profile
    );
    [[nodiscard]] base::Task<base::Result<void>> read_profile(
        Grant& grant, const Context& context, const oauth::Metadata& metadata, oauth::Profile from_id_token
    );
    [[nodiscard]] base::Task<base::Result<jose::JsonObject>> userinfo(
        const base::Secret& access_token, const std::string& subject, const oauth::Metadata& metadata
    );
    [[nodiscard]] base::Task<base::Result<Grant>> refresh_by_access_token(
        const RefreshRequest& request, const oauth::Metadata& metadata
    );
    [[nodiscard]] oauth::ScopeSet granted_scope(const oauth::TokenResponse& token, const Context& context)
        const;
    [[nodiscard]] std::optional<oauth::ScopeSet> scope_of_refresh(const RefreshRequest& request) const;
    [[nodiscard]] oauth::ClientCredentials credentials() const;
    [[nodiscard]] http::ClientRequest prepare(http::ClientRequest request) const;

    Settings settings_;
    Description description_;
    Network network_;
    std::string label_;
    bool allow_loopback_http_;
    Issuer issuer_;
};

}  // namespace stagedoor::provider
