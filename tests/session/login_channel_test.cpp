#include "session/login_channel.h"

#include "session/login_state.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"

#include <gtest/gtest.h>

#include <set>

namespace stagedoor::session {
namespace {

const std::string kChannel = "a-channel-of-22-chars_";

class LoginChannelTest : public testing::Test {
 protected:
    [[nodiscard]] std::string name() const { return flow_cookie_name("p", flow.flow_id); }
    // The cookie of the flow while it is under way.
    std::string under_way(std::string_view environment = "production") {
        FlowSecrets secrets;
        secrets.flow_id = flow.flow_id;
        secrets.nonce = make_nonce(random);
        secrets.channel = flow.channel;
        secrets.origin = flow.origin;
        secrets.started_at = clock.now();
        return seal_flow(keys, "p", environment, secrets, random);
    }
    std::string marker(std::string_view provider = "p", std::string_view environment = "production") {
        return seal_done_marker(keys, provider, environment, flow, clock.now(), random);
    }
    [[nodiscard]] std::optional<ChannelFlow> find(
        const std::string& cookies, std::string_view channel = kChannel
    ) const {
        return find_channel_flow(keys, "p", "production", channel, http::Cookies(cookies), clock.now());
    }

    support::ManualClock clock;
    support::SeededRandom random;
    std::vector<base::Secret> ring{base::Secret("a secret that is long enough for this")};
    crypto::KeyRing keys{ring};
    ChannelFlow flow{
        .flow_id = make_flow_id(clock.now(), random), .channel = kChannel, .origin = "https://app.example.com"
    };
};

TEST_F(LoginChannelTest, AChannelIs128BitsOfBase64urlOrMore) {
    for (const auto& good : {kChannel, std::string(22, 'A'), std::string(64, '9'), std::string(43, '-')}) {
        EXPECT_TRUE(is_channel(good)) << good;
    }
    for (const auto& bad :
         {std::string(),
          std::string(21, 'A'),
          std::string(65, 'A'),
          std::string(21, 'A') + "=",
          std::string(21, 'A') + "+",
          std::string(21, 'A') + " ",
          std::string(21, 'A') + "\n",
          std::string(22, '\0'),
          std::string(20, 'A') + "\xc3\xa4",
          std::string(21, 'A') + "'"}) {
        EXPECT_FALSE(is_channel(bad)) << bad;
    }
}

TEST_F(LoginChannelTest, AFlowIsFoundByItsChannelFromBeginningToEnd) {
    const auto begun = find(name() + "=" + under_way());
    ASSERT_TRUE(begun);
    EXPECT_EQ(begun->flow_id, flow.flow_id);
    EXPECT_EQ(begun->origin, "https://app.example.com");
    EXPECT_FALSE(begun->is_done);
    const auto done = find(name() + "=" + marker());
    ASSERT_TRUE(done);
    EXPECT_EQ(done->flow_id, flow.flow_id);
    EXPECT_EQ(done->origin, "https://app.example.com");
    EXPECT_TRUE(done->is_done);
    EXPECT_EQ(result_name("p", "e", *begun), result_name("p", "e", *done));
}

TEST_F(LoginChannelTest, AnotherChannelFindsNothing) {
    EXPECT_FALSE(find(name() + "=" + under_way(), "b-channel-of-22-chars_"));
    EXPECT_FALSE(find(name() + "=" + marker(), "b-channel-of-22-chars_"));
    flow.channel.clear();  // a login that named none
    EXPECT_FALSE(find(name() + "=" + under_way(), ""));
}

TEST_F(LoginChannelTest, ACookieOfAnotherPlaceIsNone) {
    EXPECT_FALSE(find(name() + "=" + under_way("development")));
    EXPECT_FALSE(find(name() + "=" + marker("q")));
    EXPECT_FALSE(find(name() + "=" + marker("p", "development")));
    EXPECT_FALSE(find(flow_cookie_name("p", make_flow_id(clock.now(), random)) + "=" + marker()));
    EXPECT_FALSE(find(name() + "=" + marker() + "; " + name() + "=" + marker()));
}

TEST_F(LoginChannelTest, NeitherCookieCanPassForTheOther) {
    const auto value = marker();
    ASSERT_TRUE(is_done_marker(value));
    ASSERT_FALSE(is_done_marker(under_way()));
    const auto inside = value.substr(value.find('.') + 1);
    EXPECT_FALSE(find(name() + "=" + inside));
    EXPECT_FALSE(open_flow(keys, "p", "production", inside, clock.now()));
    EXPECT_FALSE(open_flow(keys, "p", "production", value, clock.now()));
    EXPECT_FALSE(find(name() + "=done." + under_way()));
    EXPECT_FALSE(find(name() + "=done."));
}

TEST_F(LoginChannelTest, AMarkerEntitlesForTwoMinutes) {
    const auto cookie = name() + "=" + marker();
    clock.advance(kResultLifetime);
    EXPECT_TRUE(find(cookie));
    clock.advance(std::chrono::seconds(1));
    EXPECT_FALSE(find(cookie));
}

TEST_F(LoginChannelTest, TheNewestOfSeveralFlowsIsMeant) {
    const auto older = name() + "=" + marker();
    clock.advance(std::chrono::seconds(2));
    flow.flow_id = make_flow_id(clock.now(), random);
    const auto newer = name() + "=" + under_way();
    EXPECT_EQ(find(older + "; " + newer)->flow_id, flow.flow_id);
    EXPECT_EQ(find(newer + "; " + older)->flow_id, flow.flow_id);
}

TEST_F(LoginChannelTest, EachFlowHasANameOfItsOwn) {
    auto other_flow = flow;
    other_flow.flow_id += "x";
    auto other_channel = flow;
    other_channel.channel += "x";
    const std::set<std::string> names{
        result_name("p", "e", flow),
        result_name("q", "e", flow),
        result_name("p", "f", flow),
        result_name("pe", "", flow),
        result_name("p", "e", other_flow),
        result_name("p", "e", other_channel),
    };
    EXPECT_EQ(names.size(), 6U);
    for (const auto& each : names) EXPECT_EQ(each.find(kChannel), std::string::npos);
}

TEST_F(LoginChannelTest, AResultOpensForItsFlowAlone) {
    const auto sealed = seal_result(keys, "p", "e", flow, R"({"type":"x"})", random);
    EXPECT_EQ(open_result(keys, "p", "e", flow, sealed)->reveal(), R"({"type":"x"})");
    EXPECT_FALSE(open_result(keys, "q", "e", flow, sealed));
    EXPECT_FALSE(open_result(keys, "p", "f", flow, sealed));
    EXPECT_FALSE(open_result(keys, "p", "e", flow, sealed.substr(1)));
    EXPECT_FALSE(open_result(keys, "p", "e", flow, ""));
    flow.flow_id += "x";
    EXPECT_FALSE(open_result(keys, "p", "e", flow, sealed));
}

}  // namespace
}  // namespace stagedoor::session
