#pragma once

#include "base/task.h"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace stagedoor::base {

// A steady timer of a loop, with its concrete executor.
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock,
    boost::asio::wait_traits<std::chrono::steady_clock>,
    Executor>;

}  // namespace stagedoor::base
