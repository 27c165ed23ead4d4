// Sends each request of a file once, in their order, over many connections: the first to the first server,
// the next to the next one, so that neighbours in the file are asked at the same moment and of different
// servers. Prints the seconds that all took, and the 50th and the 99th percentile of one in milliseconds.
// --renewed: leaves in a file the same requests as a browser would send them next, with the cookies that
// came.
#include "support/arguments.h"
#include "support/connection.h"
#include "support/main.h"
#include "support/percentile.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <stdexcept>
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

// What follows `before` in `text`, up to `end`; all of it has to be there.
std::string_view between(std::string_view text, std::string_view before, std::string_view end) {
    const auto from = text.find(before);
    const auto to = from == std::string_view::npos ? from : text.find(end, from + before.size());
    if (to == std::string_view::npos) throw std::runtime_error("there is no " + std::string(before));
    return text.substr(from + before.size(), to - from - before.size());
}

// The request with the cookie of the answer instead of its own.
std::string renewed(std::string_view request, std::string_view answer) {
    const auto old = between(request, "\r\nCookie: ", "\r\n");
    std::string copy(request);
    copy.replace(
        static_cast<std::size_t>(old.data() - request.data()),
        old.size(),
        between(answer, "\r\nSet-Cookie: ", ";")
    );
    return copy;
}

class Sender {
 public:
    Sender(std::vector<std::string_view> requests, bool renew)
        : requests_(std::move(requests)), renewed_(renew ? requests_.size() : 0) {}

    // Over a connection of its own, until no request is left.
    void send_to(std::uint16_t port) {
        auto connection = Connection::open(port);
        std::vector<double> taken;
        std::string answer;
        while (connection) {
            const auto next = next_++;
            if (next >= requests_.size()) break;
            const auto asked = Clock::now();
            if (!connection->ask(requests_[next], &answer)) connection.reset();
            taken.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
            if (connection && !renewed_.empty()) renewed_[next] = renewed(requests_[next], answer);
        }
        const std::scoped_lock lock(mutex_);
        failures_ += connection ? 0 : 1;
        milliseconds_.insert(milliseconds_.end(), taken.begin(), taken.end());
    }

    void write_renewed(const std::string& name) const {
        std::ofstream file(name, std::ios::binary);
        for (const auto& request : renewed_) file << request;
        if (!file.flush()) throw std::runtime_error("cannot write " + name);
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
    std::vector<std::string> renewed_;  // empty if nobody wants them
    std::atomic<std::size_t> next_ = 0;
    std::mutex mutex_;
    std::vector<double> milliseconds_;
    int failures_ = 0;
};

int run(int argc, char** argv) {
    std::vector<std::string> arguments(argv + 1, argv + argc);
    std::string renewed;
    if (arguments.size() > 1 && arguments[0] == "--renewed") {
        renewed = arguments[1];
        arguments.erase(arguments.begin(), arguments.begin() + 2);
    }
    if (arguments.size() < 3) {
        throw std::invalid_argument("usage: once [--renewed FILE] CONNECTIONS REQUEST_FILE PORT...");
    }
    const auto connections = parse_number<std::uint16_t>(arguments[0]);
    const std::string text = read_file(arguments[1]);
    std::vector<std::uint16_t> ports;
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        ports.push_back(parse_number<std::uint16_t>(arguments[i]));
    }

    Sender sender(split(text), !renewed.empty());
    const auto started = Clock::now();
    {
        std::vector<std::jthread> threads;
        threads.reserve(connections);
        for (std::size_t i = 0; i < connections; ++i) {
            threads.emplace_back([&sender, port = ports[i % ports.size()]] { sender.send_to(port); });
        }
    }
    sender.report(Clock::now() - started);
    if (!renewed.empty()) sender.write_renewed(renewed);
    return 0;
}

}  // namespace

}  // namespace stagedoor::bench

int main(int argc, char** argv) {
    return stagedoor::bench::run_program("once", stagedoor::bench::run, argc, argv);
}
