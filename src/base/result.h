#pragma once

#include "base/error.h"

#include <expected>
#include <utility>

namespace stagedoor::base {

template <class T>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> fail(const ErrorKind& kind, std::string message) {
    return std::unexpected(Error(kind, std::move(message)));
}
inline std::unexpected<Error> fail(Error error) {
    return std::unexpected(std::move(error));
}

}  // namespace stagedoor::base

#define STAGEDOOR_JOIN_(a, b) a##b
#define STAGEDOOR_JOIN(a, b) STAGEDOOR_JOIN_(a, b)
#define STAGEDOOR_TRY_(result, declaration, expression, return_word)     \
    auto result = (expression);                                          \
    if (!result) return_word std::unexpected(std::move(result.error())); \
    declaration = std::move(*result)
#define STAGEDOOR_CHECK_(result, expression, return_word) \
    if (auto result = (expression); !result) return_word std::unexpected(std::move(result.error()))

// STAGEDOOR_TRY(auto url, parse(text)) declares `url`, or returns the error to the caller. The CO_ forms are
// for coroutines. The CHECK forms are for results whose value does not matter.
#define STAGEDOOR_TRY(declaration, expression) \
    STAGEDOOR_TRY_(STAGEDOOR_JOIN(result_, __LINE__), declaration, expression, return)
#define STAGEDOOR_CO_TRY(declaration, expression) \
    STAGEDOOR_TRY_(STAGEDOOR_JOIN(result_, __LINE__), declaration, expression, co_return)
#define STAGEDOOR_CHECK(expression) STAGEDOOR_CHECK_(STAGEDOOR_JOIN(result_, __LINE__), expression, return)
#define STAGEDOOR_CO_CHECK(expression) \
    STAGEDOOR_CHECK_(STAGEDOOR_JOIN(result_, __LINE__), expression, co_return)
