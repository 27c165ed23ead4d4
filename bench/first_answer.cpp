// How long a server takes from exec to its first answered request. Starts it, asks it until it answers, ends
// it, and prints the milliseconds.
#include "support/arguments.h"
#include "support/connection.h"
#include "support/main.h"

#include <chrono>
#include <cstdio>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

namespace stagedoor::bench {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kLimit{10};

bool answers(std::uint16_t port, std::string_view request) {
    auto connection = Connection::open(port);
    return connection && connection->ask(request);
}

// Throws std::runtime_error if the server ends, or has not answered after the limit.
Clock::duration time_to_answer(
    pid_t server, Clock::time_point started, std::uint16_t port, std::string_view request
) {
    while (!answers(port, request)) {
        if (::waitpid(server, nullptr, WNOHANG) == server) throw std::runtime_error("the server has ended");
        if (Clock::now() - started > kLimit) throw std::runtime_error("no answer within 10 s");
    }
    return Clock::now() - started;
}

int run(int argc, char** argv) {
    if (argc < 4) throw std::invalid_argument("usage: first_answer PORT REQUEST_FILE COMMAND...");
    const auto port = parse_number<std::uint16_t>(argv[1]);
    const std::string request = read_file(argv[2]);

    pid_t server = 0;
    const auto started = Clock::now();
    if (::posix_spawnp(&server, argv[3], nullptr, nullptr, argv + 3, environ) != 0) {
        throw std::runtime_error(std::string("cannot start ") + argv[3]);
    }
    try {
        const std::chrono::duration<double, std::milli> taken =
            time_to_answer(server, started, port, request);
        std::printf("%.2f\n", taken.count());
    } catch (...) {
        ::kill(server, SIGKILL);
        throw;
    }
    ::kill(server, SIGTERM);
    ::waitpid(server, nullptr, 0);
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("first_answer", stagedoor::bench::run, argc, argv);
}
