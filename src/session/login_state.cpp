#include "session/login_state.h"

#include "base/encoding.h"
#include "session/codec.h"
#include "session/errors.h"
#include "session/login_channel.h"

#include <algorithm>
#include <array>

namespace stagedoor::session {

namespace {

constexpr std::uint64_t kStateVersion = 1;
constexpr std::uint64_t kFlowVersion = 2;

crypto::SealContext state_context(std::string_view provider) {
    // The environment is inside: the callback learns it from the state, and the flow cookie is bound to it.
    return {.purpose = "state", .provider = provider, .environment = ""};
}
crypto::SealContext flow_context(std::string_view provider, std::string_view environment) {
    return {.purpose = "flow", .provider = provider, .environment = environment};
}

void keep_oldest(std::vector<std::string>& names, std::size_t may_stay) {
    std::ranges::sort(names);
    names.resize(names.size() - std::min(names.size(), may_stay));
}

}  // namespace

std::string make_flow_id(base::SystemTime now, base::Random& random) {
    // Hexadecimal seconds in fixed width sort as text; 96 random bits make the name unique and unguessable.
    const auto seconds = static_cast<std::uint64_t>(base::to_unix_seconds(now));
    std::array<char, 5> time{};
    for (std::size_t i = 0; i < time.size(); ++i) {
        time[i] = static_cast<char>((seconds >> (8 * (time.size() - 1 - i))) & 0xff);
    }
    return base::hex_encode({time.data(), time.size()}) + base::base64url_encode(random.bytes<12>());
}

std::string make_nonce(base::Random& random) {
    return base::base64url_encode(random.bytes<16>());
}

std::string seal_state(
    const crypto::KeyRing& keys, std::string_view provider, const LoginState& state, base::Random& random
) {
    FieldWriter fields;
    fields.number(kStateVersion);
    fields.text(state.flow_id);
    fields.text(state.nonce);
    fields.text(state.environment);
    fields.text(state.origin);
    fields.text(state.flow);
    fields.text(state.redirect_url);
    fields.text(state.scope);
    return keys.seal(state_context(provider), fields.out(), random);
}

base::Result<LoginState> open_state(
    const crypto::KeyRing& keys, std::string_view provider, std::string_view sealed
) {
    auto opened = keys.open(state_context(provider), sealed);
    if (!opened) {
        return base::fail(
            base::Error(errors::kStateInvalid, "OAuth state is invalid").caused_by(opened.error())
        );
    }
    FieldReader fields(opened->plaintext.reveal());
    const auto version = fields.number();
    LoginState state;
    state.flow_id = fields.text();
    state.nonce = fields.text();
    state.environment = fields.text();
    state.origin = fields.text();
    state.flow = fields.text();
    state.redirect_url = fields.text();
    state.scope = fields.text();
    if (version != kStateVersion || !fields.complete()) {
        return base::fail(errors::kStateInvalid, "OAuth state is invalid");
    }
    return state;
}

std::string flow_cookie_prefix(std::string_view provider) {
    return std::string(provider) + "-nonce-";
}

std::string flow_cookie_name(std::string_view provider, std::string_view flow_id) {
    return flow_cookie_prefix(provider).append(flow_id);
}

std::string seal_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const FlowSecrets& secrets,
    base::Random& random
) {
    FieldWriter fields;
    fields.number(kFlowVersion);
    fields.text(secrets.flow_id);
    fields.text(secrets.nonce);
    fields.text(secrets.code_verifier.reveal());
    fields.text(secrets.oidc_nonce);
    fields.text(secrets.issuer);
    fields.text(secrets.channel);
    fields.text(secrets.origin);
    fields.time(secrets.started_at);
    auto sealed = keys.seal(flow_context(provider, environment), fields.out(), random);
    base::wipe(fields.out());
    return sealed;
}

base::Result<FlowSecrets> open_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view sealed,
    base::SystemTime now
) {
    auto opened = keys.open(flow_context(provider, environment), sealed);
    if (!opened) {
        return base::fail(base::Error(errors::kNonceMismatch, "Invalid nonce").caused_by(opened.error()));
    }
    FieldReader fields(opened->plaintext.reveal());
    const auto version = fields.number();
    FlowSecrets secrets;
    secrets.flow_id = fields.text();
    secrets.nonce = fields.text();
    secrets.code_verifier = base::Secret(std::string(fields.text()));
    secrets.oidc_nonce = fields.text();
    secrets.issuer = fields.text();
    secrets.channel = fields.text();
    secrets.origin = fields.text();
    secrets.started_at = fields.time();
    if (version != kFlowVersion || !fields.complete()) {
        return base::fail(errors::kNonceMismatch, "Invalid nonce");
    }
    if (now - secrets.started_at > kLoginLifetime) {
        return base::fail(errors::kStateExpired, "The login took too long, and has to be started again");
    }
    return secrets;
}

base::Result<FlowSecrets> match_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    const LoginState& state,
    const http::Cookies& cookies,
    base::SystemTime now
) {
    const auto sealed = cookies.get(flow_cookie_name(provider, state.flow_id));
    if (!sealed || sealed->empty() || is_done_marker(*sealed)) {
        return base::fail(errors::kFlowCookieMissing, "Auth response is missing cookie nonce");
    }
    auto secrets = open_flow(keys, provider, state.environment, *sealed, now);
    if (!secrets) return secrets;
    const bool matches = base::equal_in_constant_time(secrets->flow_id, state.flow_id) &&
                         base::equal_in_constant_time(secrets->nonce, state.nonce);
    if (!matches) return base::fail(errors::kNonceMismatch, "Invalid nonce");
    return secrets;
}

std::vector<std::string> surplus_flow_cookies(const http::Cookies& cookies, std::string_view provider) {
    std::vector<std::string> under_way;
    std::vector<std::string> done;
    for (auto& name : cookies.names_with_prefix(flow_cookie_prefix(provider))) {
        const auto value = cookies.get(name);
        (value && is_done_marker(*value) ? done : under_way).push_back(std::move(name));
    }
    keep_oldest(under_way, kMaxParallelLogins - 1);  // the new one is the last
    keep_oldest(done, kMaxParallelLogins);
    under_way.insert(under_way.end(), done.begin(), done.end());
    return under_way;
}

}  // namespace stagedoor::session
