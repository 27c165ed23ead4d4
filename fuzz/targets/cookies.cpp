#include "base/encoding.h"
#include "http/cookie.h"
#include "session/cookie_jar.h"

#include "check.h"
#include "targets.h"
#include <map>
#include <set>
#include <string>
#include <vector>

namespace stagedoor::fuzz {

namespace {

constexpr std::string_view kName = "p-refresh-token";
const base::SystemTime kNow = base::from_unix_seconds(1'800'000'000);

// A browser's cookies, values as they travel.
using Jar = std::map<std::string, std::string>;

Jar jar_of(const http::Cookies& cookies) {
    Jar jar;
    for (const auto& name : cookies.names_with_prefix("")) {
        if (const auto value = cookies.get(name)) jar[name] = base::percent_encode(*value);
    }
    return jar;
}

void apply(Jar& jar, const http::SetCookie& cookie) {
    const auto line = cookie.to_string(kNow);
    const auto pair = std::string_view(line).substr(0, line.find(';'));
    require(line.find_first_of("\r\n") == std::string::npos, "a cookie is one line");
    require(pair.size() - 1 <= http::kMaxCookieBytes, "a browser keeps the cookie");
    if (cookie.max_age.count() == 0) {
        jar.erase(cookie.name);
    } else {
        jar[cookie.name] = pair.substr(pair.find('=') + 1);
    }
}

std::string field_of(const Jar& jar) {
    std::string field;
    for (const auto& [name, value] : jar)
        field.append(field.empty() ? "" : "; ").append(name).append("=").append(value);
    return field;
}

// Whatever a browser has of this name already, a value that it was given comes back, and goes without a
// trace.
void write_and_read(const http::Cookies& present, std::string_view value) {
    const session::CookieAttributes attributes{.max_age = std::chrono::seconds(60)};
    auto jar = jar_of(present);
    std::vector<http::SetCookie> set;
    if (!session::write_chunked(set, present, attributes, kName, value)) return;
    for (const auto& cookie : set) apply(jar, cookie);
    const http::Cookies written(field_of(jar));
    require(session::read_chunked(written, kName) == value, "a value comes back as it was written");

    set.clear();
    session::erase_chunked(set, written, attributes, kName);
    for (const auto& cookie : set) apply(jar, cookie);
    require(!session::read_chunked(http::Cookies(field_of(jar)), kName), "an erased value is gone");
}

}  // namespace

void cookies(std::string_view input) {
    const http::Cookies cookies(input);
    const auto names = cookies.names_with_prefix("");
    require(std::set(names.begin(), names.end()).size() == names.size(), "each name is listed once");
    for (const auto& name : names) require(cookies.has(name), "a name that is listed is there");
    static_cast<void>(session::read_chunked(cookies, kName));
    write_and_read(cookies, input);
}

}  // namespace stagedoor::fuzz
