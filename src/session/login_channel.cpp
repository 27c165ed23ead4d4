#include "session/login_channel.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "session/codec.h"
#include "session/login_state.h"

#include <algorithm>

namespace stagedoor::session {

namespace {

constexpr std::size_t kMinChannel = 22;
constexpr std::size_t kMaxChannel = 64;
constexpr std::uint64_t kVersion = 1;
// No sealed value has a dot.
constexpr std::string_view kMarkerPrefix = "done.";

crypto::SealContext marker_context(std::string_view provider, std::string_view environment) {
    return {.purpose = "flow_done", .provider = provider, .environment = environment};
}
crypto::SealContext result_context(std::string_view provider, std::string_view environment) {
    return {.purpose = "flow_result", .provider = provider, .environment = environment};
}

std::optional<ChannelFlow> open_done_marker(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view cookie,
    base::SystemTime now
) {
    cookie.remove_prefix(kMarkerPrefix.size());
    const auto opened = keys.open(marker_context(provider, environment), cookie);
    if (!opened) return std::nullopt;
    FieldReader fields(opened->plaintext.reveal());
    const auto version = fields.number();
    ChannelFlow flow;
    flow.flow_id = fields.text();
    flow.channel = fields.text();
    flow.origin = fields.text();
    flow.is_done = true;
    const auto done_at = fields.time();
    if (version != kVersion || !fields.complete() || now - done_at > kResultLifetime) return std::nullopt;
    return flow;
}

std::optional<ChannelFlow> open_cookie(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view cookie,
    base::SystemTime now
) {
    if (is_done_marker(cookie)) return open_done_marker(keys, provider, environment, cookie, now);
    auto secrets = open_flow(keys, provider, environment, cookie, now);
    if (!secrets) return std::nullopt;
    return ChannelFlow{
        .flow_id = std::move(secrets->flow_id),
        .channel = std::move(secrets->channel),
        .origin = std::move(secrets->origin),
    };
}

}  // namespace

bool is_channel(std::string_view text) {
    return text.size() >= kMinChannel && text.size() <= kMaxChannel && std::ranges::all_of(text, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_';
           });
}

std::string seal_done_marker(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    base::SystemTime now,
    base::Random& random
) {
    FieldWriter fields;
    fields.number(kVersion);
    fields.text(flow.flow_id);
    fields.text(flow.channel);
    fields.text(flow.origin);
    fields.time(now);
    return std::string(kMarkerPrefix)
        .append(keys.seal(marker_context(provider, environment), fields.out(), random));
}

bool is_done_marker(std::string_view cookie) {
    return cookie.starts_with(kMarkerPrefix);
}

std::optional<ChannelFlow> find_channel_flow(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    std::string_view channel,
    const http::Cookies& cookies,
    base::SystemTime now
) {
    if (channel.empty()) return std::nullopt;
    auto names = cookies.names_with_prefix(flow_cookie_prefix(provider));
    std::ranges::sort(names, std::ranges::greater());  // newest first
    for (const auto& name : names) {
        const auto cookie = cookies.get(name);
        if (!cookie) continue;
        auto flow = open_cookie(keys, provider, environment, *cookie, now);
        if (flow && base::equal_in_constant_time(flow->channel, channel) &&
            name == flow_cookie_name(provider, flow->flow_id)) {
            return flow;
        }
    }
    return std::nullopt;
}

std::string result_name(std::string_view provider, std::string_view environment, const ChannelFlow& flow) {
    FieldWriter fields;
    for (const auto part :
         {std::string_view("login result"),
          provider,
          environment,
          std::string_view(flow.flow_id),
          std::string_view(flow.channel)}) {
        fields.text(part);
    }
    return base::base64url_encode(crypto::sha256(fields.out()));
}

std::string seal_result(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    std::string_view message,
    base::Random& random
) {
    FieldWriter fields;
    fields.number(kVersion);
    fields.text(flow.flow_id);
    fields.text(message);
    auto sealed = keys.seal(result_context(provider, environment), fields.out(), random);
    base::wipe(fields.out());
    return sealed;
}

std::optional<base::Secret> open_result(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const ChannelFlow& flow,
    std::string_view sealed
) {
    const auto opened = keys.open(result_context(provider, environment), sealed);
    if (!opened) return std::nullopt;
    FieldReader fields(opened->plaintext.reveal());
    const auto version = fields.number();
    const auto flow_id = fields.text();
    const auto message = fields.text();
    if (version != kVersion || !fields.complete() || flow_id != flow.flow_id) return std::nullopt;
    return base::Secret(std::string(message));
}

}  // namespace stagedoor::session
