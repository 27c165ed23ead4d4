#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

#include <string>
#include <string_view>

namespace stagedoor::http {

// What the server adds to an answer.
struct ResponseContext {
    std::string_view date;             // IMF-fixdate
    std::string_view request_id;       // base64url
    bool close = false;                // the connection ends after this answer
    bool announce_keep_alive = false;  // HTTP/1.0: a client that asked for it is told that it got it
    bool without_body = false;         // the answer to HEAD: its Content-Length, but no body
};

// The one place where header fields leave. Appends the whole answer to `out`. Error: http.response_invalid,
// and `out` as it was, if something in it could be read as another field or another answer: a name that is no
// token, a value with a control character (RFC 9110, section 5.5), a field that is the server's to write, a
// status outside of 200..599. 204 and 304 have no body and no Content-Length (RFC 9110, sections 8.6
// and 15.4.5).
[[nodiscard]] base::Result<void> write_response(
    const Response& response, const ResponseContext& context, std::string& out
);

// The JSON body of an error that the server itself reports:
// {"error":{"name":..,"message":..},"response":{"statusCode":..}}. 405 has its Allow field (RFC 9110,
// section 15.5.6).
[[nodiscard]] Response error_response(const base::Error& error);

// The Date field (RFC 9110, section 5.6.7), formatted once per second.
class DateCache {
 public:
    [[nodiscard]] std::string_view at(base::SystemTime now);

 private:
    std::int64_t second_ = -1;
    std::string text_;
};

}  // namespace stagedoor::http
