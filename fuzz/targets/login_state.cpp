#include "session/login_state.h"

#include "session/login_channel.h"

#include "check.h"
#include "targets.h"
#include <algorithm>
#include <string>
#include <vector>

namespace stagedoor::fuzz {

namespace {

constexpr std::string_view kChannel = "Zm9vYmFyYmF6cXV4MTIzNA";
const base::SystemTime kNow = base::from_unix_seconds(1'800'000'000);

// The same bytes each time, so that an input has one outcome.
class FixedRandom final : public base::Random {
 public:
    void fill(std::span<std::uint8_t> out) override { std::ranges::fill(out, std::uint8_t{0x5a}); }
};

const crypto::KeyRing& keys() {
    static const std::vector<base::Secret> secrets{base::Secret("a secret of the fuzz targets")};
    static const crypto::KeyRing ring(secrets);
    return ring;
}

void open_what_was_sealed(std::string_view inside) {
    FixedRandom random;
    const auto sealed = keys().seal({.purpose = "state", .provider = "p", .environment = ""}, inside, random);
    require(!session::open_state(keys(), "q", sealed), "a state is of its provider");
    const auto state = session::open_state(keys(), "p", sealed);
    if (!state) return;
    const auto again = session::open_state(keys(), "p", session::seal_state(keys(), "p", *state, random));
    require(
        again && again->flow_id == state->flow_id && again->nonce == state->nonce &&
            again->environment == state->environment && again->origin == state->origin &&
            again->flow == state->flow && again->redirect_url == state->redirect_url &&
            again->scope == state->scope,
        "a state is sealed and opened without loss"
    );
}

void match_what_was_sealed(std::string_view inside) {
    FixedRandom random;
    const session::LoginState state{
        .flow_id = "f",
        .nonce = "n",
        .environment = "e",
        .origin = {},
        .flow = {},
        .redirect_url = {},
        .scope = {}
    };
    const auto sealed = keys().seal({.purpose = "flow", .provider = "p", .environment = "e"}, inside, random);
    const http::Cookies cookies(session::flow_cookie_name("p", "f") + "=" + sealed);
    const auto secrets = session::match_flow(keys(), "p", state, cookies, kNow);
    if (!secrets) return;
    require(secrets->flow_id == "f" && secrets->nonce == "n", "a flow cookie is of its flow");
    require(kNow - secrets->started_at <= session::kLoginLifetime, "a flow is not too old");
    if (secrets->channel.empty()) return;
    const auto flow = session::find_channel_flow(keys(), "p", "e", secrets->channel, cookies, kNow);
    require(
        flow && !flow->is_done && flow->flow_id == "f" && flow->origin == secrets->origin,
        "a flow is found by its channel"
    );
}

void find_what_was_sealed(std::string_view inside) {
    FixedRandom random;
    const auto seal_as = [&](std::string_view purpose) {
        return keys().seal({.purpose = purpose, .provider = "p", .environment = "e"}, inside, random);
    };
    const http::Cookies cookies(session::flow_cookie_name("p", "f") + "=done." + seal_as("flow_done"));
    const auto flow = session::find_channel_flow(keys(), "p", "e", kChannel, cookies, kNow);
    require(
        !flow || (flow->is_done && flow->flow_id == "f" && flow->channel == kChannel),
        "a marker is of its flow and channel"
    );
    require(
        !session::find_channel_flow(keys(), "p", "d", kChannel, cookies, kNow),
        "a marker is of its environment"
    );
    const session::ChannelFlow other{.flow_id = "g", .channel = std::string(kChannel), .origin = {}};
    const session::ChannelFlow own{.flow_id = "f", .channel = std::string(kChannel), .origin = {}};
    const auto result = session::open_result(keys(), "p", "e", own, seal_as("flow_result"));
    if (!result) return;
    require(
        !session::open_result(keys(), "p", "e", other, seal_as("flow_result")), "a result is of its flow"
    );
    const auto again = session::seal_result(keys(), "p", "e", own, result->reveal(), random);
    const auto opened = session::open_result(keys(), "p", "e", own, again);
    require(opened && *opened == *result, "a result is sealed and opened without loss");
}

void open_what_was_damaged(std::string_view input) {
    FixedRandom random;
    const session::LoginState state{
        .flow_id = "f",
        .nonce = "n",
        .environment = "e",
        .origin = {},
        .flow = {},
        .redirect_url = {},
        .scope = {}
    };
    const auto whole = session::seal_state(keys(), "p", state, random);
    auto damaged = whole;
    for (std::size_t i = 0; i + 1 < input.size(); i += 2) {
        damaged[static_cast<unsigned char>(input[i]) % damaged.size()] = input[i + 1];
    }
    require(damaged == whole || !session::open_state(keys(), "p", damaged), "a damaged state does not open");
}

}  // namespace

void login_state(std::string_view input) {
    open_what_was_sealed(input);
    match_what_was_sealed(input);
    find_what_was_sealed(input);
    open_what_was_damaged(input);
    static_cast<void>(session::open_state(keys(), "p", input));
}

}  // namespace stagedoor::fuzz
