#include "support/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace stagedoor::support {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

}  // namespace

ChildProcess::ChildProcess(
    const std::vector<std::string>& arguments, const std::vector<std::string>& environment
) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    auto argument_texts = arguments;
    auto variable_texts = environment;
    for (char** variable = environ; *variable != nullptr; ++variable) variable_texts.emplace_back(*variable);
    auto argv = pointers(argument_texts);
    auto envp = pointers(variable_texts);
    const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), envp.data());
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    pipe_ = ends[0];
    if (error != 0) {
        close(pipe_);
        throw std::system_error(error, std::generic_category(), arguments[0]);
    }
}

ChildProcess::~ChildProcess() {
    close(pipe_);
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
}

bool ChildProcess::read_more() {
    std::array<char, 4096> buffer{};
    const auto count = read(pipe_, buffer.data(), buffer.size());
    if (count <= 0) return false;
    output_.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::string ChildProcess::wait_for(std::string_view text) {
    for (;;) {
        const auto at = output_.find(text);
        const auto end = at == std::string::npos ? at : output_.find('\n', at);
        if (end != std::string::npos) return output_.substr(at + text.size(), end - at - text.size());
        if (!read_more())
            throw std::runtime_error("the program ended without '" + std::string(text) + "': " + output_);
    }
}

void ChildProcess::signal(int number) const {
    kill(pid_, number);
}

bool ChildProcess::is_running() {
    int status = 0;
    if (pid_ <= 0 || waitpid(pid_, &status, WNOHANG) != pid_) return pid_ > 0;
    pid_ = -1;
    while (read_more()) {
    }
    return false;
}

int ChildProcess::wait() {
    while (read_more()) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace stagedoor::support
