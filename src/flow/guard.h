#pragma once

#include "base/result.h"
#include "flow/origins.h"
#include "http/message.h"

namespace stagedoor::flow {

// Who may call an endpoint that answers with tokens or changes a session: a script of an admitted page. Three
// defences, each of which would do alone: the field X-Requested-With, which another site's page can't send
// without a preflight; the Origin field, compared with the list; and Fetch Metadata, for requests that have
// no Origin. Returns the origin of the page: of the request if it names one, else of the app. Errors:
// request.requested_with_missing, request.origin_not_allowed, request.cross_site.
[[nodiscard]] base::Result<base::Origin> admit_script(
    const http::Request& request, const AllowedOrigins& origins
);

// Refuses what no person's navigation causes at /start: an image or a script of another site that points here
// (Fetch Metadata Request Headers, section 2). Error: request.cross_site.
[[nodiscard]] base::Result<void> admit_navigation(const http::Request& request);

// True for the navigation of a browser, which shows the answer to a person.
[[nodiscard]] bool is_navigation(const http::Request& request);

}  // namespace stagedoor::flow
