#include "base/origin_pattern.h"
#include "base/url.h"

#include "check.h"
#include "targets.h"

namespace stagedoor::fuzz {

namespace {

void judge(const base::Url& url) {
    const auto text = url.to_string();
    const auto again = base::Url::parse(text);
    require(again && again->to_string() == text, "the normal form is stable");
    require(again->origin() == url.origin(), "the normal form has the same origin");
    require(!url.host().empty() && url.path().starts_with('/'), "a URL has a host and a path");
    require(text.starts_with(url.origin().to_string()), "a URL begins with its origin");
    require(url.scheme() == "https" || url.scheme() == "http", "the scheme is one of the web");
    require(url.origin().port() != 0, "a port is not 0");

    const auto origin = base::Origin::parse(url.origin().to_string());
    require(origin && *origin == url.origin(), "the text of an origin is an origin");
    const auto longer = base::Url::parse(url.with_parameter("a b", "c&d=\n#"));
    require(!longer || longer->origin() == url.origin(), "a parameter leaves the origin as it is");
    require(!longer || longer->fragment() == url.fragment(), "a parameter leaves the fragment as it is");
}

bool is_plain(std::string_view pattern) {
    return pattern.find_first_of("*?[]{},!+@()|\\") == std::string_view::npos;
}

}  // namespace

void urls(std::string_view input) {
    const auto [glob, text] = split_line(input);
    const auto pattern = base::OriginPattern::parse(glob);
    const auto url = base::Url::parse(text);
    if (url) judge(*url);
    if (const auto origin = base::Origin::parse(text)) {
        require(url && url->origin() == *origin, "an origin is the URL of its root");
    }
    if (!url || !pattern || !pattern->matches(url->origin())) return;
    const auto as_origin = base::Origin::parse(glob);
    require(
        !is_plain(glob) || (as_origin && *as_origin == url->origin()),
        "a pattern without wildcards matches itself"
    );
}

}  // namespace stagedoor::fuzz
