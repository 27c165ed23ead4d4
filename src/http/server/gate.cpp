#include "http/server/gate.h"

#include "base/encoding.h"
#include "http/server/errors.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace stagedoor::http {

namespace {

using base::fail;
using base::Result;

constexpr std::array kMethods{
    Method::get, Method::head, Method::post, Method::put, Method::patch, Method::delete_, Method::options
};

// Method, two spaces, version and line end beside the target.
constexpr std::size_t kRequestLineRest = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

Result<Method> method_of(std::string_view text) {
    for (const Method method : kMethods) {
        if (to_string(method) == text) return method;
    }
    // RFC 9110, sections 9.3.6 and 9.3.8: known to every server, wanted by none of our resources.
    if (text == "CONNECT" || text == "TRACE")
        return fail(errors::kMethodNotAllowed, "This method is not allowed");
    return fail(errors::kMethodUnknown, "This method is not known");
}

Result<void> check_target(std::string_view target, const Limits& limits) {
    if (target.size() > limits.target_bytes)
        return fail(errors::kTargetTooLong, "The request target is too long");
    const auto allowed = [](char c) { return c > 0x20 && c < 0x7f && c != '#'; };
    if (!target.starts_with('/') || !std::ranges::all_of(target, allowed)) {
        return fail(errors::kTargetInvalid, "The request target must be a path");
    }
    return {};
}

// host [":" port] (RFC 3986, section 3.2.2), without the parts of reg-name that no DNS name has: sub-delims
// and percent escapes are there to be read in two ways.
bool is_host(std::string_view text) {
    std::size_t host_end = 0;
    if (text.starts_with('[')) {
        host_end = text.find(']');
        if (host_end == std::string_view::npos || host_end < 3) return false;
        const auto address = text.substr(1, host_end - 1);
        if (!std::ranges::all_of(address, [](char c) { return is_hex(c) || c == ':' || c == '.'; }))
            return false;
        ++host_end;
    } else {
        const auto in_name = [](char c) {
            return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_';
        };
        const auto* const end = std::ranges::find_if_not(text, in_name);
        host_end = static_cast<std::size_t>(end - text.begin());
        if (host_end == 0) return false;
    }
    const auto port = text.substr(host_end);
    if (port.empty()) return true;
    return port[0] == ':' && port.size() >= 2 && port.size() <= 6 &&
           std::ranges::all_of(port.substr(1), is_digit);
}

// The fields that decide what belongs to this request.
struct Framing {
    std::size_t hosts = 0;
    std::size_t lengths = 0;
    std::size_t codings = 0;
    bool expects = false;
    std::string_view host;
    std::string_view length;
    std::string_view coding;
};

Framing framing_of(std::span<const FieldView> fields) {
    Framing framing;
    for (const auto& field : fields) {
        if (base::equal_ignoring_case(field.name, "host")) {
            ++framing.hosts;
            framing.host = field.value;
        } else if (base::equal_ignoring_case(field.name, "content-length")) {
            ++framing.lengths;
            framing.length = field.value;
        } else if (base::equal_ignoring_case(field.name, "transfer-encoding")) {
            ++framing.codings;
            framing.coding = field.value;
        } else if (base::equal_ignoring_case(field.name, "expect")) {
            framing.expects = true;
        }
    }
    return framing;
}

Result<void> check_framing(const Framing& framing, int version) {
    // RFC 9112, section 6.3: even lengths that agree are refused, for they are never sent in good faith.
    if (framing.lengths > 1) return fail(errors::kFramingInvalid, "There is more than one Content-Length");
    if (framing.lengths == 1) {
        std::uint64_t number = 0;
        const auto* const end = framing.length.data() + framing.length.size();
        const auto parsed = std::from_chars(framing.length.data(), end, number);
        // from_chars takes no sign for an unsigned type.
        if (parsed.ec != std::errc{} || parsed.ptr != end) {
            return fail(errors::kFramingInvalid, "The Content-Length is not a number");
        }
    }
    if (framing.codings == 0) return {};
    // RFC 9112, section 6.1: both the ground of request smuggling.
    if (framing.lengths > 0)
        return fail(errors::kFramingInvalid, "There are Transfer-Encoding and Content-Length");
    if (version < 11) return fail(errors::kFramingInvalid, "HTTP/1.0 has no Transfer-Encoding");
    if (framing.codings > 1) return fail(errors::kFramingInvalid, "There is more than one Transfer-Encoding");
    if (!base::equal_ignoring_case(framing.coding, "chunked")) {
        return fail(errors::kTransferCodingUnknown, "The only transfer coding is chunked");
    }
    return {};
}

}  // namespace

Result<Method> judge(const RequestHead& head, const Limits& limits) {
    STAGEDOOR_TRY(const Method method, method_of(head.method));
    STAGEDOOR_CHECK(check_target(head.target, limits));
    if (head.fields.size() > limits.fields)
        return fail(errors::kTooManyFields, "There are too many header fields");
    const Framing framing = framing_of(head.fields);
    if (framing.hosts != 1) return fail(errors::kHostInvalid, "There must be one Host field");
    if (!is_host(framing.host)) return fail(errors::kHostInvalid, "The Host field is not a host");
    STAGEDOOR_CHECK(check_framing(framing, head.version));
    if (framing.expects) return fail(errors::kExpectationFailed, "No expectation is supported");
    return method;
}

Result<std::size_t> HeadScanner::find_end(std::string_view received, const Limits& limits) {
    for (;;) {
        const bool in_request_line = line_begin_ == 0;
        const auto line_end = received.find('\n', scanned_);
        const bool complete = line_end != std::string_view::npos;
        const auto seen = complete ? line_end + 1 : received.size();
        if (in_request_line && seen > limits.target_bytes + kRequestLineRest) {
            return fail(errors::kTargetTooLong, "The request target is too long");
        }
        if (seen > limits.header_bytes)
            return fail(errors::kHeaderTooLarge, "The header fields are too large");
        if (!in_request_line && seen > line_begin_ &&
            (received[line_begin_] == ' ' || received[line_begin_] == '\t')) {
            return fail(errors::kFieldFolded, "A header field is folded");
        }
        scanned_ = seen;
        if (!complete) return std::size_t{0};
        if (line_end == line_begin_ || received[line_end - 1] != '\r') {
            return fail(errors::kMalformed, "A line does not end with CR LF");
        }
        if (line_end == line_begin_ + 1) return seen;
        line_begin_ = seen;
    }
}

}  // namespace stagedoor::http
