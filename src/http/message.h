#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::http {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };

[[nodiscard]] std::string_view to_string(Method method);

struct FieldView {
    std::string_view name;
    std::string_view value;
};

// A request as the server has read and judged it (server/gate.h): one Host field, an origin-form target, a
// complete body. All views are into the connection's buffers, and hold until the handler's task has ended.
struct Request {
    Method method = Method::get;
    std::string_view target;  // path and query as sent
    std::string_view path;    // not decoded
    std::string_view query;   // without "?", not decoded
    std::span<const FieldView> fields;
    std::string_view body;
    std::string_view id;              // of this request, also in the log and in the answer's X-Request-Id
    std::string_view remote_address;  // of the peer's socket, without port; no forwarding field is believed

    // The value of the first field of this name (case does not matter), or an empty text.
    [[nodiscard]] std::string_view field(std::string_view name) const;
    [[nodiscard]] std::size_t count(std::string_view name) const;
};

struct Field {
    std::string name;
    std::string value;
};

// An answer. The server adds Date, Content-Length, Connection and X-Request-Id.
struct Response {
    int status = 200;
    std::vector<Field> fields;
    std::string body;
    // For the log line of this request: the stable code of the error that it reports, or empty.
    std::string_view error_code;

    void add(std::string_view name, std::string_view value) {
        fields.push_back({std::string(name), std::string(value)});
    }
    // Replaces every field of this name by one.
    void set(std::string_view name, std::string_view value);
    [[nodiscard]] std::string_view field(std::string_view name) const;
};

}  // namespace stagedoor::http
