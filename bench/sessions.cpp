// Cookies of sessions, as if as many users had logged in with a provider: one a line, as a request's field
// Cookie has it. The store knows none of them, and takes each from its cookie when that comes first.
#include "base/clock.h"
#include "crypto/system_random.h"
#include "oauth/scope.h"
#include "session/session_cookie.h"
#include "session/session_id.h"
#include "support/arguments.h"
#include "support/main.h"

#include <fmt/core.h>

#include <array>
#include <stdexcept>
#include <string>
#include <vector>

namespace stagedoor::bench {

namespace {

struct Login {
    std::string scope;
    std::string issuer;
    std::string subject;
};

session::SessionRecord new_session(const Login& login, base::SystemTime now, base::Random& random) {
    session::SessionRecord record;
    record.id = session::make_session_id(random);
    record.created_at = std::chrono::floor<std::chrono::seconds>(now);
    record.credential = base::Secret("refresh-token-of-" + record.id);
    record.granted_scope = login.scope;
    record.issuer = login.issuer;
    record.subject = login.subject;
    record.profile_read_at = record.created_at;
    record.generation = 1;
    record.expires_at = record.created_at + std::chrono::days(1);
    return record;
}

int run(int argc, char** argv) {
    if (argc != 5 && argc != 7) {
        throw std::invalid_argument("usage: sessions COUNT SECRET PROVIDER SCOPE [ISSUER SUBJECT]");
    }
    const auto count = parse_number<std::uint32_t>(argv[1]);
    const std::array secrets{base::Secret(argv[2])};
    const crypto::KeyRing keys(secrets);
    const session::SessionCookie cookie(keys, argv[3], "development");
    const Login login{
        .scope = argv[4], .issuer = argc == 7 ? argv[5] : "", .subject = argc == 7 ? argv[6] : ""
    };
    crypto::SystemRandom random;
    const auto now = base::RealClock().now();
    const http::Cookies none("");
    for (std::uint32_t i = 0; i < count; ++i) {
        std::vector<http::SetCookie> set;
        const auto record = new_session(login, now, random);
        const auto written = cookie.write(set, none, {}, record, session::CookieForm::record, now, random);
        if (!written) throw std::runtime_error(written.error().describe());
        const auto field = set.front().to_string(now);
        fmt::print("{}\n", field.substr(0, field.find(';')));
    }
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("sessions", stagedoor::bench::run, argc, argv);
}
