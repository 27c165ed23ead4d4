// The program as a person or a service manager has it: started, asked, stopped.
#include "support/child_process.h"
#include "support/test_certificates.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

namespace stagedoor::app {
namespace {

using support::ChildProcess;

struct Answer {
    long status = 0;
    std::string body;
    std::string fields;
};

std::size_t append(char* data, std::size_t size, std::size_t count, std::string* out) {
    out->append(data, size * count);
    return size * count;
}

Answer get(
    const std::string& url, const std::string& ca_file = "", const std::vector<std::string>& fields = {}
) {
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
    Answer answer;
    curl_slist* list = nullptr;
    for (const auto& field : fields) list = curl_slist_append(list, field.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle.get(), CURLOPT_NOPROXY, "*");
    curl_easy_setopt(handle.get(), CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERFUNCTION, append);
    curl_easy_setopt(handle.get(), CURLOPT_HEADERDATA, &answer.fields);
    if (!ca_file.empty()) curl_easy_setopt(handle.get(), CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_perform(handle.get());
    curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status);
    curl_slist_free_all(list);
    return answer;
}

class ProgramTest : public testing::Test {
 protected:
    ProgramTest() {
        std::string name = (std::filesystem::temp_directory_path() / "stagedoor-XXXXXX").string();
        folder = mkdtemp(name.data());
    }
    ~ProgramTest() override { std::filesystem::remove_all(folder); }

    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder / name) << text;
        return (folder / name).string();
    }
    std::string config(const std::string& listen = "127.0.0.1:0", const std::string& https = "") const {
        return write("app-config.yaml", R"(
app:
  baseUrl: http://localhost:3000
backend:
  baseUrl: http://localhost:7007
  listen: ')" + listen + "'\n" + https + R"(
auth:
  providers:
    google:
      production:
        clientId: id
        clientSecret: THE-CLIENT-SECRET
catalog:
  anything: goes
)");
    }
    std::unique_ptr<ChildProcess> run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), STAGEDOOR_PROGRAM);
        return std::make_unique<ChildProcess>(
            arguments, std::vector{"XDG_STATE_HOME=" + (folder / "state").string()}
        );
    }
    std::unique_ptr<ChildProcess> serve(const std::string& file) const {
        return run({"serve", "--config", file, "--log-format", "json"});
    }
    static std::string port_of(ChildProcess& program) {
        const auto listen = program.wait_for(R"("event":"server.started")");
        const auto at = listen.find(R"("listen":"127.0.0.1:)") + 20;
        return listen.substr(at, listen.find('"', at) - at);
    }
    std::filesystem::path folder;
};

TEST_F(ProgramTest, ServesUntilItIsToldToStop) {
    const auto program = serve(config());
    const auto base = "http://127.0.0.1:" + port_of(*program);
    EXPECT_EQ(get(base + "/.backstage/health/v1/readiness").status, 200);
    const auto start = get(base + "/api/auth/google/start?env=production&code=THE-CODE");
    EXPECT_EQ(start.status, 302);
    EXPECT_NE(start.fields.find("X-Request-Id: "), std::string::npos);
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
    EXPECT_NE(program->output().find("server.stopped"), std::string::npos);
    EXPECT_NE(program->output().find(R"("path":"/api/auth/google/start")"), std::string::npos);
    EXPECT_EQ(program->output().find("THE-CODE"), std::string::npos);
    EXPECT_EQ(program->output().find("THE-CLIENT-SECRET"), std::string::npos);
}

TEST_F(ProgramTest, StopsOnInterruptAsWell) {
    const auto program = serve(config());
    const auto base = "http://127.0.0.1:" + port_of(*program);
    program->signal(SIGINT);
    EXPECT_EQ(program->wait(), 0);
    EXPECT_EQ(get(base + "/.backstage/health/v1/liveness").status, 0);
}

TEST_F(ProgramTest, MakesASecretOfItsOwnAndSaysSo) {
    auto program = serve(config());
    EXPECT_NE(program->wait_for("secret.made").find("session-secret"), std::string::npos);
    port_of(*program);
    const auto file = folder / "state" / "stagedoor" / "session-secret";
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
    program->signal(SIGTERM);
    program->wait();
    program = serve(config());
    program->wait_for("secret.read");
}

TEST_F(ProgramTest, KeepsASessionStoreInItsDataFolder) {
    auto program = serve(config());
    port_of(*program);
    const auto file = folder / "state" / "stagedoor" / "sessions.sqlite";
    EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
    std::ofstream(file) << std::string(200, 'x') << "no database";
    program = serve(config());
    EXPECT_EQ(program->wait(), 1);
    EXPECT_NE(program->output().find("sessions.sqlite: store.unavailable"), std::string::npos);
    EXPECT_NE(program->output().find("not a database"), std::string::npos);
}

TEST_F(ProgramTest, ServesTlsWithACertificateInTheConfiguration) {
    const support::TestAuthority authority;
    const auto identity = authority.issue({"localhost", "IP:127.0.0.1"});
    write("cert.pem", identity.certificate);
    write("key.pem", identity.key);
    const auto ca = write("ca.pem", authority.certificate());
    const auto program = serve(config(
        "127.0.0.1:0",
        "  https:\n    certificate:\n      cert: {$file: cert.pem}\n      key: {$file: key.pem}\n"
    ));
    const auto port = port_of(*program);
    EXPECT_EQ(get("https://127.0.0.1:" + port + "/.backstage/health/v1/readiness", ca).status, 200);
    EXPECT_EQ(get("http://127.0.0.1:" + port + "/.backstage/health/v1/readiness").status, 0);
    program->signal(SIGTERM);
    EXPECT_EQ(program->wait(), 0);
}

TEST_F(ProgramTest, APortThatIsTakenIsAClearFailure) {
    const auto first = serve(config());
    const auto port = port_of(*first);
    const auto second = serve(config("127.0.0.1:" + port));
    EXPECT_EQ(second->wait(), 1);
    EXPECT_NE(second->output().find(port), std::string::npos) << second->output();
    EXPECT_EQ(get("http://127.0.0.1:" + port + "/.backstage/health/v1/readiness").status, 200);
}

TEST_F(ProgramTest, CheckNamesTheRedirectUrisToRegister) {
    const auto program = run({"check", "--config", config()});
    EXPECT_EQ(program->wait(), 0);
    EXPECT_NE(
        program->output().find("http://localhost:7007/api/auth/google/handler/frame"), std::string::npos
    );
    EXPECT_EQ(program->output().find("THE-CLIENT-SECRET"), std::string::npos);
}

TEST_F(ProgramTest, AMistypedKeyIsAnErrorWithItsPlaceAndTheNearestOne) {
    const auto file = write(
        "bad.yaml",
        "app:\n  baseUrl: http://localhost:3000\nbackend:\n  baseUrl: http://localhost:7007\nauth:\n  "
        "sesion: {}\n"
    );
    for (const auto* command : {"check", "serve"}) {
        const auto program = run({command, "--config", file});
        EXPECT_EQ(program->wait(), 1);
        EXPECT_NE(program->output().find("bad.yaml:6:"), std::string::npos) << program->output();
        EXPECT_NE(program->output().find("session"), std::string::npos);
    }
}

TEST_F(ProgramTest, TheStepsToReplaceASecretAreThoseForTheConfiguration) {
    const auto file = write("app-config.yaml", R"(
app: {baseUrl: http://localhost:3000}
backend: {baseUrl: http://localhost:7007}
auth:
  session: {secret: [aaaabbbbccccddddeeeeffffgggghhhh1234, bbbbccccddddeeeeffffgggghhhhaaaa1234], idleTimeout: 30 days}
  providers:
    github: {development: {clientId: c, clientSecret: s}}
)");
    const auto steps = run({"secret", "rotate", "--config", file});
    EXPECT_EQ(steps->wait(), 0);
    EXPECT_NE(steps->output().find("[NEW, PRESENT, OLDER1]"), std::string::npos) << steps->output();
    EXPECT_NE(steps->output().find("longer than 30 days"), std::string::npos) << steps->output();
    EXPECT_EQ(steps->output().find("aaaabbbb"), std::string::npos);
    EXPECT_EQ(run({"secret", "rotate"})->wait(), 0);
}

TEST_F(ProgramTest, ANewSecretIsOf256Bits) {
    const auto first = run({"secret"});
    EXPECT_EQ(first->wait(), 0);
    const auto second = run({"secret"});
    second->wait();
    EXPECT_EQ(first->output().size(), 44U);
    EXPECT_NE(first->output(), second->output());
}

TEST_F(ProgramTest, HelpAndVersionSucceedAndWrongUsageIsTwo) {
    EXPECT_EQ(run({"--help"})->wait(), 0);
    EXPECT_EQ(run({"serve", "--help"})->wait(), 0);
    const auto version = run({"--version"});
    EXPECT_EQ(version->wait(), 0);
    EXPECT_TRUE(version->output().starts_with("stagedoor "));
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{},
          {"sreve"},
          {"serve"},
          {"check", "--nope"},
          {"serve", "--config", "x", "--threads", "0"}}) {
        EXPECT_EQ(run(arguments)->wait(), 2);
    }
    EXPECT_EQ(run({"check", "--config", "/nowhere.yaml"})->wait(), 1);
}

TEST_F(ProgramTest, TheSchemaIsThatOfTheDocumentation) {
    const auto program = run({"schema"});
    EXPECT_EQ(program->wait(), 0);
    std::ifstream in(STAGEDOOR_SOURCE_DIR "/docs/app-config.schema.json");
    EXPECT_EQ(program->output(), std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace
}  // namespace stagedoor::app
