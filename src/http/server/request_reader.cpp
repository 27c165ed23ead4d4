#include "http/server/request_reader.h"

#include "http/server/errors.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <cstring>

namespace stagedoor::http {

namespace {

namespace beast_http = boost::beast::http;
using base::fail;
using base::Result;

// Chunk lines and trailer of one body, all together (RFC 9112, section 7.1.1: the total of chunk extensions
// ought to be limited).
constexpr std::size_t kChunkOverheadBytes = 8 * 1024;
// What the buffer has behind the largest head: enough to see that the limit above is passed.
constexpr std::size_t kBodyRoomBytes = kChunkOverheadBytes + 1;

// The shortest end of a chunked body, "0" CR LF CR LF. Beast asserts that it sees no part of it (1.81: a last
// chunk that comes byte by byte ends the process), and no other step of a chunked body needs to be seen
// earlier.
constexpr std::size_t kLastChunkBytes = 5;

// A body that is larger than this gives its memory back.
constexpr std::size_t kKeptBodyBytes = 8 * 1024;

// Whether the request line names another version than ours, so that it is the version's fault and not the
// line's.
bool names_other_version(std::string_view head) {
    const auto line = head.substr(0, head.find('\r'));
    if (line.size() < 9) return false;
    const auto end = line.substr(line.size() - 9);
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!end.starts_with(" HTTP/") || !is_digit(end[6]) || end[7] != '.' || !is_digit(end[8])) return false;
    return end != " HTTP/1.0" && end != " HTTP/1.1";
}

}  // namespace

RequestParser::RequestParser(std::vector<FieldView>& fields, std::string& body, const Limits& limits)
    : fields_(fields), body_(body), limits_(limits) {
    // One step at a time: RequestReader decides before each whether enough bytes are there.
    eager(false);
    // The limits are the gate's and the reader's.
    header_limit(static_cast<std::uint32_t>(std::min<std::size_t>(limits.header_bytes, 1U << 30U) + 1));
    body_limit(boost::none);
}

void RequestParser::
    on_request_impl(beast_http::verb /*verb*/, View method, View target, int version, Error& /*error*/) {
    method_ = method;
    target_ = target;
    version_ = version;
}

void RequestParser::on_field_impl(beast_http::field /*known*/, View name, View value, Error& /*error*/) {
    // RFC 9110, section 6.5.1: a trailer is never merged into the header.
    if (!in_trailer_ && fields_.size() <= limits_.fields) fields_.push_back({name, value});
}

void RequestParser::on_header_impl(Error& /*error*/) {
    in_trailer_ = true;
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& /*error*/) {
    if (length) body_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, limits_.body_bytes)));
}

std::size_t RequestParser::on_body_impl(View bytes, Error& /*error*/) {
    body_.append(bytes);
    return bytes.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t /*size*/, View /*extension*/, Error& /*error*/) {}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t /*remaining*/, View bytes, Error& /*error*/) {
    body_.append(bytes);
    return bytes.size();
}

RequestReader::RequestReader(const Limits& limits)
    : limits_(limits),
      capacity_(limits.header_bytes + kBodyRoomBytes),
      buffer_(std::make_unique_for_overwrite<char[]>(capacity_)) {
    fields_.reserve(std::min<std::size_t>(limits.fields, 64) + 1);
}

std::span<char> RequestReader::space() {
    if (parser_) {
        // Within a body: what is parsed has been copied out, the head must stay.
        const std::size_t left = end_ - parsed_;
        if (left == 0 || end_ == capacity_) {
            std::memmove(buffer_.get() + head_end_, buffer_.get() + parsed_, left);
            parsed_ = head_end_;
            end_ = head_end_ + left;
        }
    } else if (end_ == capacity_) {
        move_to_front();
    }
    return {buffer_.get() + end_, capacity_ - end_};
}

void RequestReader::move_to_front() {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
}

Result<RequestReader::Progress> RequestReader::advance() {
    if (!parser_) {
        STAGEDOOR_TRY(const bool complete, read_head());
        if (!complete) return empty() ? Progress::nothing : Progress::head;
    }
    if (!parser_->is_done()) {
        STAGEDOOR_CHECK(read_body());
        if (!parser_->is_done()) return Progress::body;
    }
    request_.body = body_;
    return Progress::complete;
}

Result<bool> RequestReader::read_head() {
    std::size_t size = 0;
    for (;;) {
        const std::string_view received(buffer_.get() + begin_, end_ - begin_);
        STAGEDOOR_TRY(size, scanner_.find_end(received, limits_));
        // RFC 9112, section 2.2: one empty line before a request is tolerated.
        if (size != 2 || skipped_empty_line_) break;
        begin_ += 2;
        scanner_ = {};
        skipped_empty_line_ = true;
    }
    if (size == 0) return false;
    if (capacity_ - begin_ - size < kBodyRoomBytes) move_to_front();
    head_end_ = parsed_ = begin_ + size;
    STAGEDOOR_CHECK(parse_head({buffer_.get() + begin_, size}));
    return true;
}

Result<void> RequestReader::parse_head(std::string_view head) {
    parser_.emplace(fields_, body_, limits_);
    boost::beast::error_code error;
    const std::size_t parsed = parser_->put(boost::asio::buffer(head), error);
    if (error == beast_http::error::bad_version && names_other_version(head)) {
        return fail(errors::kVersionUnsupported, "The HTTP version is not supported");
    }
    const bool framing = error == beast_http::error::bad_content_length ||
                         error == beast_http::error::multiple_content_length ||
                         error == beast_http::error::bad_transfer_encoding;
    if (framing) return fail(errors::kFramingInvalid, "The length of the body is not clear");
    // Beast must see the same end of the head as the scanner.
    if (error || !parser_->is_header_done() || parsed != head.size()) {
        return fail(base::Error(errors::kMalformed, "The request is malformed").with_detail(error.message()));
    }
    STAGEDOOR_TRY(const Method method, judge(parser_->head(), limits_));
    const auto length = parser_->content_length();
    if (length && *length > limits_.body_bytes) return fail(errors::kBodyTooLarge, "The body is too large");
    parser_->body_limit(limits_.body_bytes);
    publish(method);
    return {};
}

void RequestReader::publish(Method method) {
    const RequestHead head = parser_->head();
    request_.method = method;
    request_.target = head.target;
    const auto question = head.target.find('?');
    request_.path = head.target.substr(0, question);
    request_.query =
        question == std::string_view::npos ? std::string_view{} : head.target.substr(question + 1);
    request_.fields = fields_;
}

Result<void> RequestReader::read_body() {
    boost::beast::error_code error;
    const std::size_t least = parser_->chunked() ? kLastChunkBytes : 1;
    while (end_ - parsed_ >= least && !error && !parser_->is_done()) {
        const std::size_t bytes =
            parser_->put(boost::asio::buffer(buffer_.get() + parsed_, end_ - parsed_), error);
        parsed_ += bytes;
        body_parsed_ += bytes;
    }
    if (error == beast_http::error::body_limit) return fail(errors::kBodyTooLarge, "The body is too large");
    if (error && error != beast_http::error::need_more) {
        return fail(base::Error(errors::kMalformed, "The body is malformed").with_detail(error.message()));
    }
    // What the parser has seen and not taken is the part of a chunk line or a trailer.
    const std::size_t waiting = error ? end_ - parsed_ : 0;
    if (body_parsed_ + waiting - body_.size() > kChunkOverheadBytes) {
        return fail(errors::kBodyTooLarge, "The chunk lines and the trailer are too large");
    }
    return {};
}

void RequestReader::next() {
    begin_ = parsed_;
    if (begin_ == end_) begin_ = end_ = 0;
    parsed_ = head_end_ = body_parsed_ = 0;
    scanner_ = {};
    parser_.reset();
    fields_.clear();
    body_.clear();
    skipped_empty_line_ = false;
    request_ = {};
}

void RequestReader::clear() {
    next();
    begin_ = end_ = 0;
    if (body_.capacity() > kKeptBodyBytes) body_ = {};
}

}  // namespace stagedoor::http
