#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace stagedoor::base {

// The loop of a thread. Its concrete type (instead of any_io_executor) is what keeps an await cheap.
using Executor = boost::asio::io_context::executor_type;

// What waits is a coroutine. A Task stays on the loop that started it.
template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

// The completion token of every await in this code base: errors are values.
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> kAwait{};

}  // namespace stagedoor::base
