#pragma once

#include "base/result.h"
#include "http/message.h"
#include "http/server/settings.h"

#include <span>
#include <string_view>

namespace stagedoor::http {

// The start line and the fields of a request as Beast's parser has read them, before anybody believes them.
struct RequestHead {
    std::string_view method;
    std::string_view target;
    int version = 11;  // 10 or 11
    std::span<const FieldView> fields;
};

// Refuses what a strict server refuses and Beast's parser does not, so that no proxy in front of us can have
// read the same bytes as another request (RFC 9112, section 11.2). Pure. The connection is closed after any
// refusal: what follows a head that two parsers may read differently has no meaning. In this order:
//   http.method_unknown           not one of http::Method (RFC 9110, section 9.1)
//   http.method_not_allowed       CONNECT or TRACE
//   http.target_too_long          over limits.target_bytes
//   http.target_invalid           no origin-form (RFC 9112, section 3.2.1), or not visible ASCII
//   http.too_many_fields          over limits.fields
//   http.host_invalid             not exactly one Host, or no host[:port] (RFC 9110, section 7.2)
//   http.framing_invalid          more than one length, or one that is not a plain number, or a transfer
//                                 coding beside a length, given twice, or in HTTP/1.0 (RFC 9112, section 6)
//   http.transfer_coding_unknown  a transfer coding that is not exactly "chunked"
//   http.expectation_failed       any Expect field: a body is small enough to be sent at once
[[nodiscard]] base::Result<Method> judge(const RequestHead& head, const Limits& limits);

// Finds the end of a head in bytes that arrive bit by bit. It works on the raw bytes, since Beast's parser
// unfolds folded fields (RFC 9112, section 5.2: refused, http.field_folded) before anybody can see them.
class HeadScanner {
 public:
    // `received`: everything of this request so far; what was given before is not looked at again. The length
    // of the head with its empty line, or 0 if its end has not come yet. Errors: http.malformed for a line
    // that does not end with CR LF (RFC 9112, section 2.2), http.field_folded, http.target_too_long,
    // http.header_too_large.
    [[nodiscard]] base::Result<std::size_t> find_end(std::string_view received, const Limits& limits);

 private:
    std::size_t line_begin_ = 0;
    std::size_t scanned_ = 0;
};

}  // namespace stagedoor::http
