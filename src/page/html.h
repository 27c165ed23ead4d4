#pragma once

#include "http/message.h"

#include <string>
#include <string_view>

namespace stagedoor::page {

// The frame that our pages share: one inline style, one inline script, and no other resource.
struct HtmlPage {
    int status = 200;
    std::string title;   // plain
    std::string body;    // HTML
    std::string script;  // JavaScript; without "</"
};

// The page as an answer that is stored nowhere, gives away no address, and may run only its own script and
// use only its own style: the Content-Security-Policy names both by their hash (CSP3, section 6.7.3.3).
[[nodiscard]] http::Response html_response(const HtmlPage& page);

// `text` as HTML text: well-formed, without NUL, escaped.
[[nodiscard]] std::string html_text(std::string_view text);

}  // namespace stagedoor::page
