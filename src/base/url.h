#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace stagedoor::base {

// scheme, host and port of a web address (RFC 6454). Built by Url::parse or Origin::parse only, so an Origin
// is always in normal form: lower case, no default port, and comparing two of them is comparing their texts.
class Origin {
 public:
    // Takes what a browser sends in an Origin field: "https://app.example.com:8443". No path, not even "/",
    // no user info, no "null"; the rest by the rules of Url. Case and a spelled-out default port are brought
    // to the normal form. Error: url.malformed.
    [[nodiscard]] static Result<Origin> parse(std::string_view text);

    [[nodiscard]] const std::string& scheme() const { return scheme_; }  // "http" or "https"
    [[nodiscard]] const std::string& host() const { return host_; }      // IPv6 in brackets
    [[nodiscard]] std::uint16_t port() const { return port_; }  // the scheme's default if none was given
    [[nodiscard]] std::string to_string() const;
    // localhost, *.localhost, 127.0.0.0/8 and [::1]: an address that never leaves the machine.
    [[nodiscard]] bool is_loopback() const;

    friend bool operator==(const Origin&, const Origin&) = default;

 private:
    friend class Url;
    Origin(std::string scheme, std::string host, std::uint16_t port)
        : scheme_(std::move(scheme)), host_(std::move(host)), port_(port) {}
    std::string scheme_;
    std::string host_;
    std::uint16_t port_ = 0;
};

// An absolute http or https URL (RFC 3986), read strictly, since it decides where a browser or a secret is
// sent: what two parsers could read differently is refused, not repaired. Refused are user info, backslashes,
// quotes, angle brackets, white space, control characters and what is not ASCII anywhere (a host in punycode
// is fine, and is not decoded: one that stands for nothing is no browser's), a missing or empty host, empty
// labels (so also a dot at the end), `%` in the host, numeric hosts in other forms than a dotted quad, an
// empty port, one with leading zeros or outside of 1..65535, a `%` that two hex digits do not follow, and
// more than 8192 bytes.
class Url {
 public:
    // Error: url.malformed; the message says what is wrong, without repeating the text.
    [[nodiscard]] static Result<Url> parse(std::string_view text);

    [[nodiscard]] const Origin& origin() const { return origin_; }
    [[nodiscard]] const std::string& scheme() const { return origin_.scheme(); }
    [[nodiscard]] const std::string& host() const { return origin_.host(); }
    [[nodiscard]] const std::string& path() const { return path_; }    // as given, "/" if empty
    [[nodiscard]] const std::string& query() const { return query_; }  // as given, without "?"
    [[nodiscard]] const std::string& fragment() const { return fragment_; }
    [[nodiscard]] bool has_query() const { return has_query_; }
    // The normal form: origin, path, then query and fragment as given.
    [[nodiscard]] std::string to_string() const;
    // This URL with `name=value` (both form-encoded here) added to its query; the fragment stays last.
    [[nodiscard]] std::string with_parameter(std::string_view name, std::string_view value) const;

 private:
    Url(Origin origin, std::string path) : origin_(std::move(origin)), path_(std::move(path)) {}
    Origin origin_;
    std::string path_;
    std::string query_;
    std::string fragment_;
    bool has_query_ = false;
    bool has_fragment_ = false;
};

}  // namespace stagedoor::base
