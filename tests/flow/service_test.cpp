#include "flow/flow_fixture.h"

namespace stagedoor::flow {
namespace {

class ServiceTest : public FlowTest {};

TEST_F(ServiceTest, AnUnknownProviderIsNamed) {
    const auto answer = get("/api/auth/nope/start?env=production");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.name(), "NotFoundError");
    EXPECT_EQ(answer.message(), "Unknown auth provider 'nope'");
    EXPECT_EQ(answer.field("Content-Type"), "application/json; charset=utf-8");
    const auto json = answer.json();
    EXPECT_EQ(json.at("request").at("method").as_string(), "GET");
    EXPECT_EQ(json.at("request").at("url").as_string(), "/nope/start?env=production");
    EXPECT_EQ(json.at("response").at("statusCode").as_int64(), 404);
}

TEST_F(ServiceTest, AProviderThatIsNotConfiguredIsAnotherCase) {
    EXPECT_EQ(get("/api/auth/unused/start?env=x").message(), "No auth provider registered for 'unused'");
}

TEST_F(ServiceTest, OtherActionsAndMethodsAreUnknown) {
    for (const auto* target :
         {"/api/auth/p/zzz", "/api/auth/p", "/api/auth/p/logout", "/api/auth/p/handler"}) {
        EXPECT_EQ(get(target).message(), "Unknown auth provider 'p'") << target;
    }
    EXPECT_EQ(send(http::Method::post, "/api/auth/p/start?env=production").status, 404);
    EXPECT_EQ(send(http::Method::head, "/api/auth/p/handler/frame?env=production").status, 404);
    EXPECT_EQ(send(http::Method::delete_, "/api/auth/p/refresh?env=production").status, 404);
}

TEST_F(ServiceTest, TheMountItselfIsEmpty) {
    for (const auto* target : {"/api/auth", "/api/auth/"}) {
        const auto answer = get(target);
        EXPECT_EQ(answer.status, 404);
        EXPECT_EQ(answer.body, "");
    }
    EXPECT_EQ(get("/elsewhere").status, 404);
    EXPECT_EQ(get("/api/authentic/p/start").message(), "Not found");
}

TEST_F(ServiceTest, CaseAndATrailingSlashMakeNoDifference) {
    EXPECT_EQ(get("/API/Auth/P/Start/?env=production").status, 302);
}

TEST_F(ServiceTest, TheServiceIsAlsoAtTheUsualMountBehindAProxyThatTakesAPathOff) {
    build({.base_url = "https://example.com/bs/api/auth", .redirect_uri = {}});
    EXPECT_EQ(get("/bs/api/auth/p/start?env=production").status, 302);
    EXPECT_EQ(get("/api/auth/p/start?env=production").status, 302);
    EXPECT_TRUE(
        get("/api/auth/p/start?env=production").set_cookies()[0].find("Path=/bs/api/auth/p;") !=
        std::string::npos
    );
}

TEST_F(ServiceTest, TheEnvironmentHasToBeNamed) {
    for (const auto* action : {"start", "refresh", "handler/frame"}) {
        const auto target = "/api/auth/p/" + std::string(action);
        const auto missing = get(target);
        EXPECT_EQ(missing.status, 400) << action;
        EXPECT_EQ(missing.name(), "InputError");
        EXPECT_EQ(missing.message(), "Must specify 'env' query to select environment");
        const auto unknown = get(target + "?env=staging");
        EXPECT_EQ(unknown.status, 404) << action;
        EXPECT_EQ(
            unknown.message(), "No configuration available for the 'staging' environment of this provider."
        );
    }
    const auto forged = get("/api/auth/p/refresh?state=abc");
    EXPECT_EQ(forged.status, 403);
    EXPECT_EQ(forged.message(), "OAuth state is invalid, missing env");
}

TEST_F(ServiceTest, TheEnvironmentMayComeWithTheState) {
    const auto state = state_of(start());
    EXPECT_EQ(
        send(http::Method::get, "/api/auth/p/refresh?state=" + state, script()).message(),
        "Refresh failed; caused by InputError: Missing session cookie"
    );
}

TEST_F(ServiceTest, AParameterThatDecidesMayBeThereOnce) {
    for (const auto* query :
         {"env=production&env=development",
          "env=production&origin=a&origin=b",
          "env=production&scope=a&scope=b"}) {
        const auto answer = get("/api/auth/p/start?" + std::string(query));
        EXPECT_EQ(answer.status, 400) << query;
        EXPECT_EQ(answer.code(), "request.parameter_repeated");
    }
    EXPECT_EQ(get("/api/auth/p/start?env=%zz").status, 400);
}

TEST_F(ServiceTest, NoSecretIsRepeatedInAnError) {
    const auto answer =
        get("/api/auth/p/refresh?env=staging&code=SECRET1&st%61te=SECRET2&access_token=SECRET3&scope=x");
    EXPECT_EQ(answer.status, 404);
    EXPECT_EQ(answer.body.find("SECRET"), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("scope=x"), std::string::npos);
}

TEST_F(ServiceTest, EveryAnswerHasTheSecurityFields) {
    for (const auto* target :
         {"/api/auth/p/start?env=production", "/nowhere", "/.backstage/health/v1/liveness"}) {
        const auto answer = get(target);
        EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff") << target;
        EXPECT_EQ(answer.field("Referrer-Policy"), "no-referrer");
        EXPECT_EQ(answer.field("X-Frame-Options"), "SAMEORIGIN");
        EXPECT_NE(answer.field("Content-Security-Policy").find("object-src 'none'"), std::string::npos);
        EXPECT_EQ(answer.field("Cross-Origin-Opener-Policy"), "");
    }
}

TEST_F(ServiceTest, APreflightOfAnAdmittedOriginIsAnsweredWithPermission) {
    const auto answer = send(
        http::Method::options,
        "/api/auth/p/refresh?env=production",
        {{"Origin", "https://app.example.com"},
         {"Access-Control-Request-Method", "GET"},
         {"Access-Control-Request-Headers", "x-requested-with"}}
    );
    EXPECT_EQ(answer.status, 204);
    EXPECT_EQ(answer.field("Access-Control-Allow-Origin"), "https://app.example.com");
    EXPECT_EQ(answer.field("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(answer.field("Access-Control-Allow-Headers"), "x-requested-with");
    EXPECT_EQ(answer.field("Access-Control-Allow-Methods"), "GET,HEAD,PUT,PATCH,POST,DELETE");
}

TEST_F(ServiceTest, AnotherOriginGetsNoPermission) {
    for (const auto* origin : {"https://evil.example", "null", "https://app.example.com.evil.example"}) {
        const auto preflight = send(http::Method::options, "/api/auth/p/refresh", {{"Origin", origin}});
        const auto answer = get("/api/auth/p/refresh?env=production", {{"Origin", origin}});
        for (const auto& each : {preflight, answer}) {
            for (const auto& field : each.fields)
                EXPECT_FALSE(field.name.starts_with("Access-Control-")) << origin;
        }
    }
}

TEST_F(ServiceTest, HealthFollowsThePhase) {
    phase = Phase::starting;
    EXPECT_EQ(get("/.backstage/health/v1/readiness").status, 503);
    EXPECT_EQ(get("/.backstage/health/v1/liveness").status, 200);
    phase = Phase::serving;
    EXPECT_EQ(get("/.backstage/health/v1/readiness").body, R"({"status":"ok"})");
    phase = Phase::draining;
    EXPECT_EQ(get("/.backstage/health/v1/readiness").status, 503);
    EXPECT_EQ(get("/.backstage/health/v1/liveness").status, 200);
}

}  // namespace
}  // namespace stagedoor::flow
