#pragma once

#include "base/result.h"
#include "http/message.h"
#include "http/server/gate.h"
#include "http/server/settings.h"

#include <boost/beast/http/basic_parser.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::http {

// Beast's parser of a request, as events that leave the values where they are: the views that it collects
// point into the bytes it was given, which therefore must stay until the request is done.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
    RequestParser(std::vector<FieldView>& fields, std::string& body, const Limits& limits);

    // At most limits.fields + 1 fields: enough for the gate to see that there are too many.
    [[nodiscard]] RequestHead head() const { return {method_, target_, version_, fields_}; }

 private:
    using Error = boost::beast::error_code;
    using View = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb verb, View method, View target, int version, Error& error)
        override;
    void on_response_impl(int, View, int, Error&) override {}
    void on_field_impl(boost::beast::http::field known, View name, View value, Error& error) override;
    void on_header_impl(Error& error) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& error) override;
    std::size_t on_body_impl(View bytes, Error& error) override;
    void on_chunk_header_impl(std::uint64_t size, View extension, Error& error) override;
    std::size_t on_chunk_body_impl(std::uint64_t remaining, View bytes, Error& error) override;
    void on_finish_impl(Error&) override {}

    std::vector<FieldView>& fields_;
    std::string& body_;
    const Limits& limits_;
    std::string_view method_;
    std::string_view target_;
    int version_ = 0;
    bool in_trailer_ = false;
};

// From bytes to requests, without a socket: bytes are put into space() and committed, advance() says how far
// the current request has come. Bytes of the next request may be there already; next() goes on with them. Any
// way to cut the same bytes into pieces gives the same requests.
class RequestReader {
 public:
    explicit RequestReader(const Limits& limits);

    enum class Progress : std::uint8_t { nothing, head, body, complete };  // what has come, at least in part

    // Where to put received bytes; never empty unless the request is complete. Invalidates nothing of a
    // request whose head is complete.
    [[nodiscard]] std::span<char> space();
    void commit(std::size_t bytes) { end_ += bytes; }

    // Errors: those of the gate, http.malformed, http.version_unsupported, http.body_too_large. After an
    // error the reader is of no use until clear().
    [[nodiscard]] base::Result<Progress> advance();

    // The request, from when its head is complete to next(). Without id and remote address.
    [[nodiscard]] const Request& request() const { return request_; }
    // What the start line seems to say, for the log line of a refused request. May be empty, may be anything.
    [[nodiscard]] RequestHead unjudged_head() const { return parser_ ? parser_->head() : RequestHead{}; }
    [[nodiscard]] bool is_http_1_0() const { return parser_ && parser_->head().version == 10; }
    // Whether the client wants to go on with this connection (RFC 9112, section 9.3).
    [[nodiscard]] bool keep_alive() const {
        return parser_ && parser_->is_header_done() && parser_->keep_alive();
    }

    // Drops the complete request.
    void next();
    // True if no byte is there that is not part of a complete request.
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    // Drops everything, and gives back memory that an unusual request has taken.
    void clear();

 private:
    [[nodiscard]] base::Result<bool> read_head();
    [[nodiscard]] base::Result<void> parse_head(std::string_view head);
    [[nodiscard]] base::Result<void> read_body();
    void publish(Method method);
    void move_to_front();

    const Limits& limits_;
    const std::size_t capacity_;
    std::unique_ptr<char[]> buffer_;
    // buffer_: [0, begin_) is done, [begin_, head_end_) the head, [parsed_, end_) received and not yet looked
    // at.
    std::size_t begin_ = 0;
    std::size_t head_end_ = 0;
    std::size_t parsed_ = 0;
    std::size_t end_ = 0;
    HeadScanner scanner_;
    std::optional<RequestParser> parser_;  // from the end of the head on
    std::vector<FieldView> fields_;
    std::string body_;
    std::size_t body_parsed_ = 0;  // bytes of the body with its chunk lines and trailer
    bool skipped_empty_line_ = false;
    Request request_;
};

}  // namespace stagedoor::http
