#include "telemetry/log.h"

#include "support/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <regex>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace stagedoor::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

File temporary_file() {
    return {std::tmpfile(), &std::fclose};
}

std::vector<std::string> lines_of(std::FILE* file) {
    std::rewind(file);
    std::vector<std::string> lines;
    std::string line;
    for (int c = std::fgetc(file); c != EOF; c = std::fgetc(file)) {
        line += static_cast<char>(c);
        if (c != '\n') continue;
        lines.push_back(std::move(line));
        line.clear();
    }
    if (!line.empty()) lines.push_back(std::move(line));
    return lines;
}

TEST(AsyncLog, WritesWhatWaitsWhenItGoes) {
    const support::ManualClock clock;
    const File file = temporary_file();
    {
        AsyncLog log({.format = LogFormat::text, .output = file.get()}, clock);
        for (std::int64_t i = 0; i < 100; ++i) log.info("tick", {{"n", i}});
    }
    const auto lines = lines_of(file.get());
    ASSERT_EQ(lines.size(), 100U);
    EXPECT_EQ(lines[0], "2027-01-15T08:00:00.000Z info    tick n=0\n");
    EXPECT_EQ(lines[99], "2027-01-15T08:00:00.000Z info    tick n=99\n");
}

TEST(AsyncLog, LeavesOutWhatIsBelowItsLevel) {
    const support::ManualClock clock;
    const File file = temporary_file();
    {
        AsyncLog log({.level = base::LogLevel::warning, .output = file.get()}, clock);
        log.debug("a");
        log.info("b");
        log.warning("c");
        log.error("d");
    }
    const auto lines = lines_of(file.get());
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_THAT(lines[0], HasSubstr(" warning c"));
    EXPECT_THAT(lines[1], HasSubstr(" error   d"));
}

TEST(AsyncLog, TakesBracesAndPercentSignsAsTheyAre) {
    const support::ManualClock clock;
    const File file = temporary_file();
    {
        AsyncLog log({.format = LogFormat::json, .output = file.get()}, clock);
        log.info("x", {{"v", "{} {0} %s %v %n"}});
    }
    EXPECT_THAT(lines_of(file.get()).at(0), HasSubstr(R"("v":"{} {0} %s %v %n")"));
}

// The output is a pipe that nobody reads until all lines are logged, and that holds less than they are: the
// writer stands still, the queue runs over, and the callers go on.
TEST(AsyncLog, DropsAndCountsInsteadOfWaiting) {
    constexpr std::int64_t kLines = 3000;
    const support::ManualClock clock;
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const File input(fdopen(ends[0], "r"), &std::fclose);
    File output(fdopen(ends[1], "w"), &std::fclose);
    std::string all;
    {
        auto log = std::make_unique<AsyncLog>(LogOptions{.queue_lines = 16, .output = output.get()}, clock);
        const std::string filler(1000, 'x');
        for (std::int64_t i = 0; i < kLines; ++i) log->info("tick", {{"n", i}, {"filler", filler}});
        std::jthread reader([&] {
            for (int c = std::fgetc(input.get()); c != EOF; c = std::fgetc(input.get()))
                all += static_cast<char>(c);
        });
        log.reset();
        output.reset();
    }
    std::int64_t written = 0;
    std::int64_t dropped = 0;
    const std::regex count("log\\.dropped count=([0-9]+)");
    for (auto match = std::sregex_iterator(all.begin(), all.end(), count); match != std::sregex_iterator();
         ++match) {
        dropped += std::stoll((*match)[1]);
    }
    for (std::size_t at = all.find(" tick "); at != all.npos; at = all.find(" tick ", at + 1)) ++written;
    EXPECT_GT(dropped, 0);
    EXPECT_EQ(written + dropped, kLines);
    EXPECT_THAT(all, HasSubstr(" n=2999 "));
}

TEST(AsyncLog, LinesOfSeveralThreadsStayWhole) {
    const support::ManualClock clock;
    const File file = temporary_file();
    {
        AsyncLog log({.format = LogFormat::json, .queue_lines = 4096, .output = file.get()}, clock);
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&log] {
                for (std::int64_t i = 0; i < 500; ++i) log.info("tick", {{"n", i}});
            });
        }
    }
    const auto lines = lines_of(file.get());
    EXPECT_EQ(lines.size(), 2000U);
    for (const auto& line : lines) {
        EXPECT_TRUE(line.starts_with("{\"time\":") && line.ends_with("}\n")) << line;
    }
}

}  // namespace
}  // namespace stagedoor::telemetry
