#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"
#include "http/form.h"
#include "oauth/profile.h"
#include "oauth/scope.h"
#include "provider/settings.h"

#include <chrono>
#include <optional>
#include <string>

namespace stagedoor::provider {

// What /start wants to send a browser to the provider with.
struct LoginRequest {
    oauth::ScopeSet scope;  // complete: see Provider::scope_of_login
    std::string state;
    std::string code_challenge;
    std::string nonce;
    bool select_account = false;  // ask the user which account to use, where the provider can do that
};

// What the callback has, besides the parameters that the provider sent.
struct LoginAnswer {
    const http::Parameters& parameters;
    base::Secret code_verifier;
    std::string nonce;
    std::string issuer;         // that the flow was started with
    oauth::ScopeSet requested;  // the scopes of the authorization request
};

// What a session knows, for a refresh.
struct RefreshRequest {
    base::Secret credential;
    bool credential_is_access_token = false;
    oauth::ScopeSet requested;  // by the app; may be empty
    oauth::ScopeSet granted;    // to the credential, as far as known
    std::string subject;        // of the login; empty if unknown
    std::string issuer;
    bool profile_is_fresh = false;  // no need to read it again
};

// What a login or a refresh brought. Everything in it was verified.
struct Grant {
    base::Secret access_token;
    std::optional<std::string> id_token;
    std::optional<std::chrono::seconds> expires_in;  // of the access token
    oauth::ScopeSet scope;                           // of the access token (RFC 6749, section 5.1)
    bool scope_is_complete = true;                   // all that the credential is good for, not a part of it
    // What the next refresh is made with. After a login: nothing if it can't be refreshed. After a refresh:
    // nothing if the former one stays in use.
    std::optional<base::Secret> credential;
    bool credential_is_access_token = false;
    std::string subject;  // empty if the provider has no such thing
    std::string issuer;
    std::string sid;
    std::optional<oauth::Profile> profile;                // nothing: it was not read again
    std::optional<base::SystemTime> id_token_expires_at;  // of a verified one
    // After a refresh alone: the provider has given a new credential, which must not be lost, and something
    // else in its answer is wrong. Nothing but the credential may be used then.
    std::optional<base::Error> defect;
};

// A provider in one environment: the four things that can be done at it. Belongs to one loop.
class Provider {
 public:
    virtual ~Provider() = default;
    [[nodiscard]] virtual const Settings& settings() const = 0;
    // What a Backstage backend puts before an access token that it keeps in place of a refresh token; empty
    // if it keeps none for this provider.
    [[nodiscard]] virtual std::string_view backstage_access_token_prefix() const { return {}; }

    // The scopes to ask for at a login: those of the app, those granted before (where the provider wants them
    // again), the provider's own and the operator's, each once, in this order.
    [[nodiscard]] virtual oauth::ScopeSet scope_of_login(
        const oauth::ScopeSet& requested, const oauth::ScopeSet& granted
    ) const = 0;

    // The issuer that authorization responses have to name (RFC 9207); empty if there is none. May wait for
    // the provider's metadata.
    [[nodiscard]] virtual base::Task<base::Result<std::string>> issuer() = 0;
    // The provider's consent screen (RFC 6749, section 4.1.1). May wait for its metadata.
    [[nodiscard]] virtual base::Task<base::Result<std::string>> authorization_url(LoginRequest request) = 0;
    // Judges the authorization response, trades the code, verifies what came, and reads the profile.
    [[nodiscard]] virtual base::Task<base::Result<Grant>> exchange(LoginAnswer answer) = 0;
    // A new access token (RFC 6749, section 6). Its error says whether the provider has ended the session:
    // is_verdict().
    [[nodiscard]] virtual base::Task<base::Result<Grant>> refresh(RefreshRequest request) = 0;
    // Tells the provider that the session is over (RFC 7009). Succeeds without a call where it has no such
    // endpoint.
    [[nodiscard]] virtual base::Task<base::Result<void>> revoke(
        base::Secret credential, bool is_access_token
    ) = 0;
};

// True if an error of refresh() is the provider's own word that the credential is worthless. Every other
// failure (it is down, slow, confused, or wants another scope) leaves the session as it is.
[[nodiscard]] bool is_verdict(const base::Error& error);

}  // namespace stagedoor::provider
