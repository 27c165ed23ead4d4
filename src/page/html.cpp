#include "page/html.h"

#include "base/encoding.h"
#include "crypto/digest.h"

#include <fmt/core.h>

#include <algorithm>

namespace stagedoor::page {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  font: 1rem/1.5 system-ui, sans-serif; background: #f4f5f7; color: #1c1e21; }
main { box-sizing: border-box; max-width: 34rem; margin: 1rem; padding: 1.5rem 2rem; border-radius: .5rem;
  background: #fff; box-shadow: 0 1px 4px rgb(0 0 0 / .2); overflow-wrap: anywhere; }
h1 { margin: 0 0 .5rem; font-size: 1.25rem; line-height: 1.3; }
p { margin: .5rem 0; }
small { display: block; margin-top: 1rem; color: #5b6068; }
button, a.button { display: inline-block; margin: 1rem .5rem 0 0; padding: .5rem 1.25rem; border: 0;
  border-radius: .25rem; font: inherit; text-decoration: none; cursor: pointer; background: #1f5493; color: #fff; }
button:focus-visible, a.button:focus-visible { outline: 3px solid #6fa8dc; outline-offset: 2px; }
[hidden] { display: none; }
@media (prefers-color-scheme: dark) {
  body { background: #16181b; color: #e6e8eb; }
  main { background: #22252a; }
  small { color: #a2a8b0; }
  button, a.button { background: #8ab8ef; color: #10243b; }
}
)css";

std::string hash_source(std::string_view text) {
    return fmt::format("'sha256-{}'", base::base64_encode(crypto::sha256(text)));
}

std::string content_security_policy(std::string_view script) {
    static const std::string style_source = hash_source(kStyle);
    return fmt::format(
        "default-src 'none'; script-src {}; style-src {}; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'",
        hash_source(script),
        style_source
    );
}

}  // namespace

http::Response html_response(const HtmlPage& page) {
    http::Response response;
    response.status = page.status;
    response.add("Content-Type", "text/html; charset=utf-8");
    response.add("Content-Security-Policy", content_security_policy(page.script));
    response.add("X-Frame-Options", "SAMEORIGIN");
    response.add("Cache-Control", "no-store");
    response.add("Referrer-Policy", "no-referrer");
    response.add("X-Content-Type-Options", "nosniff");
    response.body = fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}\n<script>{}</script>\n</body>\n</html>\n",
        html_text(page.title),
        kStyle,
        page.body,
        page.script
    );
    return response;
}

std::string html_text(std::string_view text) {
    std::string clean = base::to_utf8(text);
    std::erase(clean, '\0');
    return base::html_escape(clean);
}

}  // namespace stagedoor::page
