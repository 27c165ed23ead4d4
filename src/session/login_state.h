#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/seal.h"
#include "http/cookie.h"

#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::session {

// How long a user may take at the provider.
inline constexpr std::chrono::seconds kLoginLifetime{600};
// Logins of one provider that one browser may have under way; a further one drops the oldest.
inline constexpr std::size_t kMaxParallelLogins = 8;

// What travels through the provider in `state` (RFC 6749, section 4.1.1): sealed, so that it is believed only
// if this service made it, and worthless without the cookie of the same flow.
struct LoginState {
    std::string flow_id;
    std::string nonce;
    std::string environment;
    std::string origin;        // of the app's page: where the result goes
    std::string flow;          // "popup" or "redirect"
    std::string redirect_url;  // for "redirect": where the browser goes in the end
    std::string scope;         // what was asked for at the provider
};

// What stays in the browser's cookie of this flow alone, sealed.
struct FlowSecrets {
    std::string flow_id;
    std::string nonce;
    base::Secret code_verifier;  // RFC 7636
    std::string oidc_nonce;      // OpenID Connect Core, section 3.1.2.1
    std::string issuer;          // that the flow was started with (RFC 9207); empty if the provider has none
    std::string channel;  // that the app's page asks for the result by (login_channel.h); empty: it does not
    std::string origin;   // of that page
    base::SystemTime started_at;
};

// A new flow: its identifier begins with the time, so that the names of flow cookies sort by age.
[[nodiscard]] std::string make_flow_id(base::SystemTime now, base::Random& random);
// 128 random bits in base64url.
[[nodiscard]] std::string make_nonce(base::Random& random);

[[nodiscard]] std::string seal_state(
    const crypto::KeyRing& keys, std::string_view provider, const LoginState& state, base::Random& random
);
// Error: login.state_invalid.
[[nodiscard]] base::Result<LoginState> open_state(
    const crypto::KeyRing& keys, std::string_view provider, std::string_view sealed
);

// "{provider}-nonce-": what the names of a provider's flow cookies begin with.
[[nodiscard]] std::string flow_cookie_prefix(std::string_view provider);
[[nodiscard]] std::string flow_cookie_name(std::string_view provider, std::string_view flow_id);

[[nodiscard]] std::string seal_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const FlowSecrets& secrets,
    base::Random& random
);

// Opens what seal_flow made. Errors: login.nonce_mismatch, login.state_expired.
[[nodiscard]] base::Result<FlowSecrets> open_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view sealed,
    base::SystemTime now
);

// The other half of `state`: finds the cookie of its flow, opens it, and compares both (in constant time).
// Errors: login.cookie_missing, login.nonce_mismatch, login.state_expired.
[[nodiscard]] base::Result<FlowSecrets> match_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    const LoginState& state,
    const http::Cookies& cookies,
    base::SystemTime now
);

// The names of the flow cookies that have to go so that a new flow stays within kMaxParallelLogins: the
// oldest ones. What is left of logins that have ended (login_channel.h) is counted by itself, up to the same
// number.
[[nodiscard]] std::vector<std::string> surplus_flow_cookies(
    const http::Cookies& cookies, std::string_view provider
);

}  // namespace stagedoor::session
