#include "flow/logout.h"

#include "base/timer.h"
#include "flow/guard.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace stagedoor::flow {

namespace {

// A person who signs out waits no longer than this for the provider to be told; it is told all the same.
constexpr std::chrono::seconds kPatience{2};

base::Task<> revoke(
    const Context& context,
    const Target& target,
    session::SessionRecord record,
    std::shared_ptr<base::Timer> done
) {
    const auto& settings = target.settings();
    const auto revoked = co_await target.provider.revoke(
        record.credential, record.kind == session::CredentialKind::access_token
    );
    if (!revoked) {
        context.log.warning(
            "logout.not_revoked",
            {{"provider", settings.provider},
             {"environment", settings.environment},
             {"error", revoked.error().code()},
             {"reason", revoked.error().describe()}}
        );
    }
    done->expires_at(base::SteadyTime::min());  // also if nobody waits yet
}

}  // namespace

base::Task<base::Result<http::Response>> logout(const Context& context, Exchange exchange) {
    const auto& target = exchange.target;
    const auto& settings = target.settings();
    STAGEDOOR_CO_TRY(const auto app, admit_script(exchange.request, context.origins));
    const http::Cookies cookies(exchange.request);
    const auto presented = target.session.read(cookies, context.clock.now());

    http::Response response;
    response.add("Cache-Control", "no-store");
    std::vector<http::SetCookie> set;
    target.session.erase(set, cookies, target.cookies.session(app));
    set_cookies(response, set, context.clock.now());
    if (!presented) co_return response;

    const auto newest =
        co_await context.sessions.sign_out(settings.provider, settings.environment, *presented);
    context.log.info("logout", {{"provider", settings.provider}, {"environment", settings.environment}});
    if (!newest) co_return response;
    // The browser that leaves now must not keep the provider from being told: the call is nobody's own.
    const auto done = std::make_shared<base::Timer>(context.executor, kPatience);
    boost::asio::co_spawn(context.executor, revoke(context, target, *newest, done), boost::asio::detached);
    const auto [told] = co_await done->async_wait(base::kAwait);
    static_cast<void>(told);
    co_return response;
}

}  // namespace stagedoor::flow
