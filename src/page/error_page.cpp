#include "page/error_page.h"

#include "page/html.h"

#include <string_view>

namespace stagedoor::page {

namespace {

// A browser closes only windows that a script has opened, and says nothing where it does not.
constexpr std::string_view kScript = R"js(
document.getElementById('close').addEventListener('click', function () {
  window.close();
  setTimeout(function () { document.getElementById('stuck').hidden = false; }, 300);
});
)js";

void append_element(std::string& html, std::string_view tag, std::string_view text) {
    if (text.empty()) return;
    html.append("<").append(tag).append(">").append(html_text(text)).append("</").append(tag).append(">\n");
}

std::string make_reference(const ErrorPage& page) {
    std::string reference;
    if (!page.code.empty()) reference.append("Error: ").append(page.code);
    if (!page.request_id.empty()) {
        if (!reference.empty()) reference += ", ";
        reference.append("request: ").append(page.request_id);
    }
    return reference;
}

std::string make_body(const ErrorPage& page) {
    std::string html = "<main>\n";
    append_element(html, "h1", page.title);
    append_element(html, "p", page.message);
    append_element(html, "p", page.what_to_do);
    append_element(html, "small", make_reference(page));
    html += "<div>\n";
    if (page.link) {
        html.append("<a class=\"button\" href=\"")
            .append(html_text(page.link->url.to_string()))
            .append("\">");
        html.append(html_text(page.link->text)).append("</a>\n");
    }
    html += "<button id=\"close\" type=\"button\">Close this window</button>\n</div>\n";
    html +=
        "<p id=\"stuck\" hidden>Your browser does not let this page close itself: close its tab or "
        "window.</p>\n";
    return html += "</main>";
}

}  // namespace

http::Response error_page(const ErrorPage& page) {
    return html_response(
        {.status = page.status, .title = page.title, .body = make_body(page), .script = std::string(kScript)}
    );
}

}  // namespace stagedoor::page
