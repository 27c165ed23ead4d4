#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace stagedoor::base {

// One cause of failure. Each kind is a constant in the errors.h of the module that can fail so, and has an
// entry in docs/errors.md with its remedy. The code is an interface: it never changes its meaning.
struct ErrorKind {
    std::string_view code;  // stable, for logs and documentation: "id_token.audience_mismatch"
    int status;             // HTTP status of the answer that reports it
    std::string_view name;  // `error.name` of the answer's JSON body, as the browser's code knows it
};

// The names that a Backstage frontend and its plugins know, by HTTP status.
namespace error_name {
inline constexpr std::string_view kInput = "InputError";
inline constexpr std::string_view kAuthentication = "AuthenticationError";
inline constexpr std::string_view kNotAllowed = "NotAllowedError";
inline constexpr std::string_view kNotFound = "NotFoundError";
inline constexpr std::string_view kConflict = "ConflictError";
inline constexpr std::string_view kNotImplemented = "NotImplementedError";
inline constexpr std::string_view kUnavailable = "ServiceUnavailableError";
inline constexpr std::string_view kOther = "Error";
}  // namespace error_name

// A failure that input, a peer or a store caused: a value, never an exception.
//  message  safe to show to whoever asked: no secret, nothing internal
//  detail   for the log alone; no secret either
//  cause    the failure below this one
class Error {
 public:
    Error(const ErrorKind& kind, std::string message) : kind_(&kind), message_(std::move(message)) {}

    [[nodiscard]] const ErrorKind& kind() const { return *kind_; }
    [[nodiscard]] std::string_view code() const { return kind_->code; }
    [[nodiscard]] int status() const { return kind_->status; }
    [[nodiscard]] std::string_view name() const { return kind_->name; }
    [[nodiscard]] const std::string& message() const { return message_; }
    [[nodiscard]] const std::string& detail() const { return detail_; }
    [[nodiscard]] const Error* cause() const { return cause_.get(); }
    [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const { return retry_after_; }

    // True if `kind` is the kind of this error or of one that caused it.
    [[nodiscard]] bool is(const ErrorKind& kind) const;

    // For the log: "code: message (detail) <- code: message (detail)".
    [[nodiscard]] std::string describe() const;

    Error with_detail(std::string detail) && {
        detail_ = std::move(detail);
        return std::move(*this);
    }
    Error caused_by(Error cause) && {
        cause_ = std::make_shared<const Error>(std::move(cause));
        return std::move(*this);
    }
    // After this time the same request may succeed; it becomes the Retry-After field of the answer.
    Error retry_in(std::chrono::seconds time) && {
        retry_after_ = time;
        return std::move(*this);
    }

 private:
    const ErrorKind* kind_;
    std::string message_;
    std::string detail_;
    std::shared_ptr<const Error> cause_;
    std::optional<std::chrono::seconds> retry_after_;
};

}  // namespace stagedoor::base
