#pragma once

#include "base/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace stagedoor::support {

// Runs the loop until the task has its result. When the loop has nothing to do, `go_on` may make something
// happen (let time pass, say); it returns false if it can't. Throws if the task waits for something that
// nobody does.
template <class T>
T run_task(boost::asio::io_context& loop, base::Task<T> task, const std::function<bool()>& go_on) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr exception, T value) {
        thrown = exception;
        result.emplace(std::move(value));
    });
    loop.restart();
    while (!result && (loop.poll_one() > 0 || go_on() || loop.run_one() > 0)) loop.restart();
    if (thrown) std::rethrow_exception(thrown);
    if (!result) throw std::runtime_error("the task never ended");
    return std::move(*result);
}

template <class T>
T run_task(boost::asio::io_context& loop, base::Task<T> task) {
    return run_task(loop, std::move(task), [] { return false; });
}

}  // namespace stagedoor::support
