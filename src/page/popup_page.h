#pragma once

#include "base/url.h"
#include "http/message.h"

#include <string>

namespace stagedoor::page {

struct PopupPage {
    std::string response_json;    // {"type":"authorization_response",...}, serialised
    base::Origin target_origin;   // of the app: the only one that may read the response
    std::string channel = {};     // that a page of the app asks for the response by; empty: none
    bool announce_origin = true;  // tell the opener, whoever it is, which origin was expected
};

// The page that ends a login in a popup: it hands the response to the window that opened it (or, in a frame,
// to the parent), and closes. The response is posted to `target_origin` and never to "*". With a channel it
// is also posted to the BroadcastChannel "stagedoor:{channel}", which reaches pages of this service's own
// origin; without one, and where there is no window to receive it, the page says so and posts nothing. The
// payloads can't leave their string literals, whatever they contain; malformed UTF-8 in them is replaced by
// U+FFFD.
[[nodiscard]] http::Response authorization_response_page(const PopupPage& page);

}  // namespace stagedoor::page
