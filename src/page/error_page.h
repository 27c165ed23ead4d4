#pragma once

#include "base/url.h"
#include "http/message.h"

#include <optional>
#include <string>

namespace stagedoor::page {

struct ErrorPageLink {
    std::string text;  // "Back to the app"
    base::Url url;     // the caller has checked that a person may be sent there
};

// All texts are plain: they are escaped here.
struct ErrorPage {
    int status = 400;
    std::string title = {};       // "This login has expired"
    std::string message = {};     // what happened
    std::string what_to_do = {};  // what the reader can do about it
    std::string code = {};        // of the error, for a report; may be empty
    std::string request_id = {};  // for a report; may be empty
    std::optional<ErrorPageLink> link = std::nullopt;
};

// A page for the person in front of the browser, addressed to no other window: used where nothing that came
// with the request can be trusted, not even whom to tell.
[[nodiscard]] http::Response error_page(const ErrorPage& page);

}  // namespace stagedoor::page
