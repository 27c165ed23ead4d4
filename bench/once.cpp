// Sends each request of a file once, in their order, over many connections: the first to the first server,
// the next to the next one, so that neighbours in the file are asked at the same moment and of different
// servers. Prints the seconds that all took, and the 50th and the 99th percentile of one in milliseconds.
#include "support/arguments.h"
#include "support/connection.h"
#include "support/percentile.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace stagedoor::bench {

namespace {

using Clock = std::chrono::steady_clock;

// Whole requests without bodies.
std::vector<std::string_view> split(std::string_view text) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    std::vector<std::string_view> requests;
    while (!text.empty()) {
        const auto end = text.find(kEnd);
        if (end == std::string_view::npos) throw std::runtime_error("the last request has no end");
        requests.push_back(text.substr(0, end + kEnd.size()));
        text.remove_prefix(end + kEnd.size());
    }
    return requests;
}

class Sender {
 public:
    explicit Sender(std::vector<std::string_view> requests) : requests_(std::move(requests)) {}

    // Over a connection of its own, until no request is left.
    void send_to(std::uint16_t port) {
        auto connection = Connection::open(port);
        std::vector<double> taken;
        while (connection) {
            const auto next = next_++;
            if (next >= requests_.size()) break;
            const auto asked = Clock::now();
            if (!connection->ask(requests_[next])) connection.reset();
            taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
        }
        const std::scoped_lock lock(mutex_);
        failures_ += connection ? 0 : 1;
        milliseconds_.insert(milliseconds_.end(), taken.begin(), taken.end());
    }

    // Throws std::runtime_error if not all were answered with success.
    void report(Clock::duration all) const {
        if (failures_ > 0) throw std::runtime_error("a request was not answered, or not with success");
        const std::chrono::duration<double> seconds = all;
        std::printf(
            "%.3f %.2f %.2f\n",
            seconds.count(),
            percentile(milliseconds_, 0.5),
            percentile(milliseconds_, 0.99)
        );
    }

 private:
    const std::vector<std::string_view> requests_;
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::vector<double> milliseconds_;
    int failures_ = 0;
};

int run(int argc, char** argv) {
    if (argc < 4) throw std::invalid_argument("usage: once CONNECTIONS REQUEST_FILE PORT...");
    const auto connections = parse_number<std::uint16_t>(argv[1]);
    const std::string text = read_file(argv[2]);
    std::vector<std::uint16_t> ports;
    for (int i = 3; i < argc; ++i) ports.push_back(parse_number<std::uint16_t>(argv[i]));

    Sender sender(split(text));
    const auto started = Clock::now();
    {
        std::vector<std::jthread> threads;
        threads.reserve(connections);
        for (std::size_t i = 0; i < connections; ++i) {
            threads.emplace_back([&sender, port = ports[i % ports.size()]] { sender.send_to(port); });
        }
    }
    sender.report(Clock::now() - started);
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    try {
        return stagedoor::bench::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "once: %s\n", error.what());
        return 1;
    }
}
