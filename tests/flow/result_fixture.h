#pragma once

#include "flow/flow_fixture.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>

namespace stagedoor::flow {

inline const std::string kChannel = "Zm9vYmFyYmF6cXV4MTIzNA";
inline constexpr std::chrono::milliseconds kLookAgain{250};

// Logins with a channel, and the questions of a page for what has come of them.
class ResultTest : public FlowTest {
 protected:
    static std::string start_target(const std::string& more = "", const std::string& channel = kChannel) {
        return "/api/auth/p/start?env=production&flow=popup&scope=openid&channel=" + channel + more;
    }
    static std::string flow_target(const std::string& more = "", const std::string& channel = kChannel) {
        return "/api/auth/p/flow?env=production&channel=" + channel + more;
    }
    std::string begin(support::Browser* sender = nullptr) {
        return state_of(send(http::Method::get, start_target(), {}, sender));
    }
    Answer ask(support::Browser* sender = nullptr, const std::string& more = "") {
        return send(http::Method::get, flow_target(more), script(), sender);
    }
    // The status of an answer that nobody may keep.
    static std::string status_of(const Answer& answer) {
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.field("Cache-Control"), "no-store");
        return std::string(answer.json().at("status").as_string());
    }
    // A request that is held back, as far as it goes by itself; the answer, once it is there.
    std::shared_ptr<std::optional<Answer>> ask_and_wait(
        support::Browser& sender, boost::asio::cancellation_slot slot = {}
    ) {
        auto answer = std::make_shared<std::optional<Answer>>();
        boost::asio::co_spawn(
            loop,
            exchange(http::Method::get, flow_target("&wait=20"), script(), sender, {}),
            boost::asio::bind_cancellation_slot(
                slot, [answer](const std::exception_ptr&, Answer given) { *answer = std::move(given); }
            )
        );
        pass({});
        return answer;
    }
    void pass(std::chrono::milliseconds time) {
        waiter.advance(time);
        loop.restart();
        loop.poll();
    }
    [[nodiscard]] std::string cookie() const { return browser.cookies_for("/api/auth/p/flow"); }
    // Puts a cookie with this value into the place of the flow's.
    void replace_cookie(const std::string& value) {
        const auto field = cookie();
        browser.receive(field.substr(0, field.find('=') + 1) + value + "; Path=/api/auth/p; Max-Age=60");
    }
};

}  // namespace stagedoor::flow
