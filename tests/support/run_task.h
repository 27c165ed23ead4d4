#pragma once

#include "base/task.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>
#include <stdexcept>

namespace stagedoor::support {

// Runs the loop until the task has its result. Throws if the loop runs out of work before: the task waits for
// something that nobody does.
template <class T>
T run_task(boost::asio::io_context& loop, base::Task<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr exception, T value) {
        thrown = exception;
        result.emplace(std::move(value));
    });
    loop.restart();
    while (!result && loop.run_one() > 0) {
    }
    if (thrown) std::rethrow_exception(thrown);
    if (!result) throw std::runtime_error("the task never ended");
    return std::move(*result);
}

}  // namespace stagedoor::support
