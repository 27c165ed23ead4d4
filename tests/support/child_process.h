#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace stagedoor::support {

// A program that a test runs, with its standard output and standard error read as one text.
class ChildProcess {
 public:
    // `environment`: NAME=value, in addition to that of the test. Throws std::system_error.
    ChildProcess(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {});
    // Kills the program if it still runs.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    // Reads on until the output holds `text`, and returns what follows it on that line. Throws
    // std::runtime_error if the output ends before.
    std::string wait_for(std::string_view text);
    void signal(int number) const;
    [[nodiscard]] bool is_running();
    // Reads the rest of the output, and waits for the end. The exit code, or 128 and the number of the
    // signal.
    int wait();
    [[nodiscard]] const std::string& output() const { return output_; }

 private:
    bool read_more();
    pid_t pid_ = -1;
    int pipe_ = -1;
    std::string output_;
};

}  // namespace stagedoor::support
