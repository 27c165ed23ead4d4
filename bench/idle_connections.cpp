// Opens connections to a server, sends one request on each, and holds them all: prints "holding N" and waits
// for the end of its standard input.
#include "support/arguments.h"
#include "support/connection.h"
#include "support/main.h"

#include <cstdio>
#include <vector>

namespace stagedoor::bench {

namespace {

// One source address has some 28,000 ports by default, of which others may be in use or in TIME_WAIT.
constexpr std::uint32_t kConnectionsPerAddress = 5'000;

int run(int argc, char** argv) {
    if (argc != 4) throw std::invalid_argument("usage: idle_connections PORT COUNT REQUEST_FILE");
    const auto port = parse_number<std::uint16_t>(argv[1]);
    const auto count = parse_number<std::uint32_t>(argv[2]);
    const std::string request = read_file(argv[3]);

    std::vector<Connection> connections;
    connections.reserve(count);
    while (connections.size() < count) {
        const auto opened = static_cast<std::uint32_t>(connections.size());
        auto connection = Connection::open(port, 1 + opened / kConnectionsPerAddress);
        if (!connection) throw std::runtime_error("refused after " + std::to_string(opened) + " connections");
        if (!connection->ask(request)) {
            throw std::runtime_error("not answered after " + std::to_string(opened) + " connections");
        }
        connections.push_back(std::move(*connection));
    }
    std::printf("holding %zu\n", connections.size());
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("idle_connections", stagedoor::bench::run, argc, argv);
}
