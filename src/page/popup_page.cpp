#include "page/popup_page.h"

#include "base/encoding.h"
#include "page/html.h"

#include <string_view>

namespace stagedoor::page {

namespace {

constexpr std::string_view kBody = R"html(<main id="orphan" hidden>
<h1>The login could not be handed over</h1>
<p>The window that started this login is gone, or cannot be reached from here. Nothing was sent anywhere.</p>
<p>Close this window, go back to the app, and log in from there.</p>
<button id="close" type="button">Close this window</button>
</main>
<main id="done" hidden>
<h1>The login is done</h1>
<p>You can close this window and go back to the app.</p>
</main>
<noscript><main>
<h1>This page needs JavaScript</h1>
<p>Without it, the login cannot be handed to the app. Allow it for this site, close this window, and log in again.</p>
</main></noscript>)html";

// An opener that has navigated away or that a Cross-Origin-Opener-Policy has cut off shows as null or closed.
// A page that has named a channel gets the response all the same: by the BroadcastChannel, or from this
// service, which keeps it. A browser that stores nothing for this site has no BroadcastChannel to give. The
// window closes 100 ms later, which leaves the opener's listener ahead of its check for a closed window; a
// window that a browser does not let close says that it is done.
constexpr std::string_view kScriptAfterLiterals = R"js(
  function show(id) { document.getElementById(id).hidden = false; }
  var receiver = window.opener || (window.parent !== window ? window.parent : null);
  if (receiver && receiver.closed) receiver = null;
  if (!receiver && !channel) {
    document.getElementById('close').addEventListener('click', function () { window.close(); });
    show('orphan');
    return;
  }
  if (receiver) {
    if (announcement) receiver.postMessage(announcement, '*');
    receiver.postMessage(response, target);
  }
  if (channel) {
    try { new BroadcastChannel('stagedoor:' + channel).postMessage(response); } catch (e) { /* see above */ }
  }
  setTimeout(function () { window.close(); }, 100);
  setTimeout(function () { show('done'); }, 1000);
})();
)js";

// A string that the script decodes at run time. Its literal has unreserved characters and percent escapes
// only, so there is nothing in it that could end the literal, the script or the line.
std::string decoded_literal(std::string_view text) {
    return "decodeURIComponent('" + base::percent_encode(base::to_utf8(text)) + "')";
}

// What to announce (or null) and the response, each as JSON, and whom to tell.
std::string make_script(const PopupPage& page) {
    const std::string target = page.target_origin.to_string();
    // An origin has no character that JSON escapes.
    const std::string announcement =
        page.announce_origin ? R"({"type":"config_info","targetOrigin":")" + target + R"("})" : "null";
    std::string script = "\n(function () {\n  'use strict';\n";
    script.append("  var announcement = JSON.parse(").append(decoded_literal(announcement)).append(");\n");
    script.append("  var response = JSON.parse(").append(decoded_literal(page.response_json)).append(");\n");
    script.append("  var target = ").append(decoded_literal(target)).append(";\n");
    script.append("  var channel = ").append(decoded_literal(page.channel)).append(";");
    return script.append(kScriptAfterLiterals);
}

}  // namespace

http::Response authorization_response_page(const PopupPage& page) {
    return html_response({.title = "Login", .body = std::string(kBody), .script = make_script(page)});
}

}  // namespace stagedoor::page
