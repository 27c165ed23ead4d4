#include "base/url.h"

#include "base/encoding.h"
#include "base/errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <optional>
#include <ranges>

namespace stagedoor::base {

namespace {

constexpr std::size_t kMaxUrlBytes = 8192;
constexpr std::size_t kMaxHostBytes = 253;
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;

struct Authority {
    std::string host;
    std::optional<std::uint16_t> port;
};

std::unexpected<Error> malformed(std::string message) {
    return fail(errors::kUrlMalformed, std::move(message));
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
constexpr bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
constexpr bool is_visible_ascii(char c) {
    return c >= '!' && c <= '~';
}
constexpr bool is_host_character(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.';
}

constexpr std::uint16_t default_port(std::string_view scheme) {
    return scheme == "https" ? kHttpsPort : kHttpPort;
}

// What no URL in its written form has. The WHATWG parser strips tabs and line ends and reads a backslash as a
// slash, where a parser of RFC 3986 does neither.
Result<void> check_characters(std::string_view text) {
    if (text.size() > kMaxUrlBytes) return malformed("The URL is longer than 8192 bytes.");
    for (const char c : text) {
        if (!is_visible_ascii(c))
            return malformed("The URL contains white space, control or non-ASCII characters.");
        if (c == '\\') return malformed("The URL contains a backslash.");
        if (c == '"' || c == '<' || c == '>')
            return malformed("The URL contains a quote or an angle bracket.");
    }
    return {};
}

Result<void> check_escapes(std::string_view text) {
    for (std::size_t i = text.find('%'); i != text.npos; i = text.find('%', i + 1)) {
        if (text.size() - i < 3 || !is_hex(text[i + 1]) || !is_hex(text[i + 2])) {
            return malformed("The URL contains a percent sign that two hex digits do not follow.");
        }
    }
    return {};
}

// Takes "http://" or "https://" off the front of `text`.
Result<std::string> take_scheme(std::string_view& text) {
    for (const std::string_view scheme : {"https", "http"}) {
        const std::size_t length = scheme.size() + 3;
        if (text.size() < length || !equal_ignoring_case(text.substr(0, scheme.size()), scheme)) continue;
        if (text.substr(scheme.size(), 3) != "://") continue;
        text.remove_prefix(length);
        return std::string(scheme);
    }
    return malformed("The URL does not begin with https:// or http://.");
}

// Eight groups of hex digits, the longest run of zeros (two at least, the first of equals) as "::": the one
// form that browsers write (WHATWG URL, "IPv6 serializer").
std::string serialize_ipv6(const std::array<std::uint16_t, 8>& groups) {
    std::size_t run_start = groups.size();
    std::size_t run_length = 1;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        std::size_t end = i;
        while (end < groups.size() && groups[end] == 0) ++end;
        if (end - i > run_length) {
            run_start = i;
            run_length = end - i;
        }
        i = end;
    }
    std::string text = "[";
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i == run_start) {
            text += i == 0 ? "::" : ":";
            i += run_length - 1;
            continue;
        }
        text += fmt::format("{:x}", groups[i]);
        if (i + 1 < groups.size()) text += ':';
    }
    return text + "]";
}

// RFC 4291, section 2.2. No zone (RFC 6874): browsers know none.
Result<std::string> parse_ipv6(std::string_view text) {
    std::array<unsigned char, 16> bytes{};
    const std::string terminated(text);
    if (terminated.size() >= INET6_ADDRSTRLEN || inet_pton(AF_INET6, terminated.c_str(), bytes.data()) != 1) {
        return malformed("The URL's host is not an IPv6 address.");
    }
    std::array<std::uint16_t, 8> groups{};
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i] = static_cast<std::uint16_t>(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    }
    return serialize_ipv6(groups);
}

// A browser takes a host for an IPv4 address when its last label is a number, in octal and hexadecimal too
// (WHATWG URL, "ends in a number checker").
bool ends_in_number(std::string_view host) {
    const std::string_view last = host.substr(host.rfind('.') + 1);
    if (std::ranges::all_of(last, is_digit)) return true;
    return last.starts_with("0x") && std::ranges::all_of(last.substr(2), is_hex);
}

bool is_dotted_quad(std::string_view host) {
    std::size_t parts = 0;
    for (const auto range : std::views::split(host, '.')) {
        const std::string_view part(range);
        if (++parts > 4 || part.empty() || part.size() > 3 || !std::ranges::all_of(part, is_digit))
            return false;
        if (part.size() > 1 && part[0] == '0') return false;
        if (part.size() == 3 && part > "255") return false;
    }
    return parts == 4;
}

Result<std::string> parse_name_or_ipv4(std::string_view text) {
    std::string host = to_lower(text);
    if (host.size() > kMaxHostBytes) return malformed("The URL's host is too long.");
    if (!std::ranges::all_of(host, is_host_character)) {
        return malformed("The URL's host contains a character that is not allowed in a host.");
    }
    for (const auto label : std::views::split(host, '.')) {
        if (std::ranges::empty(label)) return malformed("The URL's host has an empty label.");
        if (label.size() > kMaxLabelBytes) return malformed("The URL's host has a label that is too long.");
    }
    if (ends_in_number(host) && !is_dotted_quad(host)) {
        return malformed("The URL's host is a number that is not an IPv4 address as four decimal parts.");
    }
    return host;
}

Result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0 || text[0] == '0') {
        return malformed("The URL's port is not a number from 1 to 65535.");
    }
    return port;
}

// RFC 3986, section 3.2.
Result<Authority> parse_authority(std::string_view text) {
    if (text.empty()) return malformed("The URL has no host.");
    if (text.contains('@')) return malformed("The URL contains a user name or password.");
    Authority authority;
    std::string_view rest;
    if (text[0] == '[') {
        const std::size_t close = text.find(']');
        if (close == text.npos) return malformed("The URL's host is not an IPv6 address.");
        STAGEDOOR_TRY(authority.host, parse_ipv6(text.substr(1, close - 1)));
        rest = text.substr(close + 1);
    } else {
        const std::size_t colon = std::min(text.find(':'), text.size());
        STAGEDOOR_TRY(authority.host, parse_name_or_ipv4(text.substr(0, colon)));
        rest = text.substr(colon);
    }
    if (rest.empty()) return authority;
    if (rest[0] != ':') return malformed("The URL's host is followed by something that is not a port.");
    STAGEDOOR_TRY(authority.port, parse_port(rest.substr(1)));
    return authority;
}

}  // namespace

Result<Origin> Origin::parse(std::string_view text) {
    STAGEDOOR_CHECK(check_characters(text));
    STAGEDOOR_TRY(std::string scheme, take_scheme(text));
    if (text.find_first_of("/?#") != text.npos)
        return malformed("The origin has a path, a query or a fragment.");
    STAGEDOOR_TRY(Authority authority, parse_authority(text));
    const std::uint16_t port = authority.port.value_or(default_port(scheme));
    return Origin(std::move(scheme), std::move(authority.host), port);
}

std::string Origin::to_string() const {
    if (port_ == default_port(scheme_)) return fmt::format("{}://{}", scheme_, host_);
    return fmt::format("{}://{}:{}", scheme_, host_, port_);
}

bool Origin::is_loopback() const {
    if (host_ == "localhost" || host_.ends_with(".localhost") || host_ == "[::1]") return true;
    return host_.starts_with("127.") && is_dotted_quad(host_);
}

Result<Url> Url::parse(std::string_view text) {
    STAGEDOOR_CHECK(check_characters(text));
    STAGEDOOR_CHECK(check_escapes(text));
    const std::size_t scheme_end = std::min(text.find("://"), text.size());
    const std::size_t authority_end = std::min(text.find_first_of("/?#", scheme_end + 3), text.size());
    STAGEDOOR_TRY(Origin origin, Origin::parse(text.substr(0, authority_end)));
    std::string_view rest = text.substr(authority_end);

    const std::size_t path_end = std::min(rest.find_first_of("?#"), rest.size());
    Url url(std::move(origin), path_end == 0 ? "/" : std::string(rest.substr(0, path_end)));
    rest.remove_prefix(path_end);
    if (rest.starts_with('?')) {
        const std::size_t query_end = std::min(rest.find('#'), rest.size());
        url.has_query_ = true;
        url.query_ = rest.substr(1, query_end - 1);
        rest.remove_prefix(query_end);
    }
    if (rest.starts_with('#')) {
        url.has_fragment_ = true;
        url.fragment_ = rest.substr(1);
    }
    return url;
}

std::string Url::to_string() const {
    std::string text = origin_.to_string() + path_;
    if (has_query_) text.append("?").append(query_);
    if (has_fragment_) text.append("#").append(fragment_);
    return text;
}

std::string Url::with_parameter(std::string_view name, std::string_view value) const {
    Url url = *this;
    if (!url.query_.empty()) url.query_ += '&';
    url.query_.append(form_encode(name)).append("=").append(form_encode(value));
    url.has_query_ = true;
    return url.to_string();
}

}  // namespace stagedoor::base
