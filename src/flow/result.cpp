#include "flow/result.h"

#include "flow/errors.h"
#include "flow/guard.h"
#include "flow/wire.h"
#include "session/login_state.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace stagedoor::flow {

namespace {

constexpr std::chrono::seconds kMaxWait{20};
// The callback may be served by another loop or another instance: whoever waits looks into the store again
// and again.
constexpr std::chrono::milliseconds kLookAgain{250};
// Far above what providers send; a browser's page gets even more by its own message.
constexpr std::size_t kMaxResultBytes = 256UZ * 1024;

struct Question {
    std::string_view channel;
    std::chrono::seconds wait{};
};

base::Result<std::chrono::seconds> read_wait(std::string_view text) {
    if (text.empty()) return std::chrono::seconds::zero();
    int seconds = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, seconds);
    if (error != std::errc() || rest != end || seconds < 0 || seconds > kMaxWait.count()) {
        return base::fail(errors::kWaitInvalid, "Parameter 'wait' takes 0 to 20 seconds");
    }
    return std::chrono::seconds(seconds);
}

base::Result<Question> read_question(const http::Parameters& query) {
    Question question;
    STAGEDOOR_TRY(question.channel, single(query, "channel"));
    if (!session::is_channel(question.channel)) return base::fail(channel_invalid());
    STAGEDOOR_TRY(const auto wait, single(query, "wait"));
    STAGEDOOR_TRY(question.wait, read_wait(wait));
    return question;
}

// A page of another allowed origin is not told of this login. Without an Origin, the request comes from a
// page of this service's own origin, which could read the popup's page itself.
bool is_of(const session::ChannelFlow& flow, const http::Request& request, const base::Origin& page) {
    return request.field("Origin").empty() || page.to_string() == flow.origin;
}

http::SetCookie flow_cookie(
    const Target& target, const session::ChannelFlow& flow, const session::CookieAttributes& attributes
) {
    return {
        .name = session::flow_cookie_name(target.settings().provider, flow.flow_id),
        .value = {},
        .max_age = {},
        .path = attributes.path,
        .secure = attributes.secure,
        .same_site = attributes.same_site,
    };
}

std::string name_of_result(const Target& target, const session::ChannelFlow& flow) {
    return session::result_name(target.settings().provider, target.settings().environment, flow);
}

// The login is over for this browser: its cookie goes.
http::Response closing(
    const Context& context, const Target& target, const session::ChannelFlow& flow, std::string body
) {
    auto response = json_response(std::move(body));
    auto origin = base::Origin::parse(flow.origin);
    const auto attributes = target.cookies.flow(origin ? *origin : context.origins.app());
    set_cookies(response, {flow_cookie(target, flow, attributes)}, context.clock.now());
    return response;
}

// The message of a login that has ended, which is gone from the store then.
base::Task<base::Result<std::optional<base::Secret>>> take(
    const Context& context, const Target& target, const session::ChannelFlow& flow
) {
    const auto& settings = target.settings();
    auto sealed = co_await context.store.collect(name_of_result(target, flow));
    if (!sealed) co_return base::fail(std::move(sealed.error()));
    if (!*sealed) co_return std::nullopt;
    co_return session::open_result(context.keys, settings.provider, settings.environment, flow, **sealed);
}

// Waits before the next look; false if there is to be none.
base::Task<bool> wait(const Context& context, const std::atomic<Phase>& phase, base::SteadyTime until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - context.clock.steady());
    // An instance that stops keeps nobody waiting: the page asks again, and meets another one.
    if (left <= std::chrono::milliseconds::zero() || phase.load(std::memory_order_relaxed) == Phase::draining)
        co_return false;
    co_await context.waiter.wait_for(std::min(left, kLookAgain));
    // Who has gone must not be handed the one copy.
    const auto state = co_await boost::asio::this_coro::cancellation_state;
    co_return state.cancelled() == boost::asio::cancellation_type::none;
}

}  // namespace

base::Error channel_invalid() {
    return {errors::kChannelInvalid, "Parameter 'channel' takes 22 to 64 characters of base64url"};
}

base::Task<base::Result<http::Response>> result(const Context& context, Exchange exchange) {
    const auto& target = exchange.target;
    const auto& settings = target.settings();
    STAGEDOOR_CO_TRY(const auto page, admit_script(exchange.request, context.origins));
    STAGEDOOR_CO_TRY(const auto question, read_question(exchange.query));
    const auto flow = session::find_channel_flow(
        context.keys,
        settings.provider,
        settings.environment,
        question.channel,
        http::Cookies(exchange.request),
        context.clock.now()
    );
    if (!flow) co_return json_response(R"({"status":"gone"})");
    if (!is_of(*flow, exchange.request, page)) {
        co_return base::fail(errors::kOriginNotAllowed, "This login was started for another origin");
    }
    const auto until = context.clock.steady() + question.wait;
    bool look_again = true;
    while (look_again) {
        const auto message = co_await take(context, target, *flow);
        if (!message) co_return base::fail(message.error());
        if (*message) {
            std::string body = R"({"status":"done","message":)";
            body.append((*message)->reveal()).append("}");
            co_return closing(context, target, *flow, std::move(body));
        }
        if (flow->is_done) co_return closing(context, target, *flow, R"({"status":"gone"})");
        look_again = co_await wait(context, exchange.phase, until);
    }
    co_return json_response(R"({"status":"pending"})");
}

base::Task<http::SetCookie> keep_result(
    const Context& context,
    const Target& target,
    session::ChannelFlow flow,
    session::CookieAttributes attributes,
    std::string message
) {
    const auto& settings = target.settings();
    base::Result<void> kept =
        base::fail(errors::kResultTooLarge, "The result of the login is too large to be kept");
    if (message.size() <= kMaxResultBytes) {
        kept = co_await context.store.deposit(
            name_of_result(target, flow),
            session::seal_result(
                context.keys, settings.provider, settings.environment, flow, message, context.random
            ),
            session::kResultLifetime
        );
    }
    base::wipe(message);
    auto cookie = flow_cookie(target, flow, attributes);
    if (kept) {
        cookie.value = session::seal_done_marker(
            context.keys, settings.provider, settings.environment, flow, context.clock.now(), context.random
        );
        cookie.max_age = session::kResultLifetime;
    } else {
        context.log.warning(
            "login.result_not_kept",
            {{"provider", settings.provider},
             {"environment", settings.environment},
             {"error", kept.error().code()},
             {"reason", kept.error().describe()}}
        );
    }
    co_return cookie;
}

}  // namespace stagedoor::flow
