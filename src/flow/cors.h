#pragma once

#include "base/origin_pattern.h"
#include "http/message.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace stagedoor::flow {

// `backend.cors`: which other origins a browser lets read our answers (Fetch standard, CORS protocol).
struct CorsSettings {
    std::vector<base::OriginPattern> origins;
    std::vector<std::string> methods{"GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"};
    std::optional<std::vector<std::string>> allowed_headers;  // nothing: whatever the preflight asks for
    std::vector<std::string> exposed_headers;
    bool credentials = false;
    std::optional<std::chrono::seconds> max_age;
    int preflight_status = 204;
};

class Cors {
 public:
    explicit Cors(CorsSettings settings);

    // The answer to a preflight. An origin that is not admitted gets one without permission.
    [[nodiscard]] http::Response preflight(const http::Request& request) const;
    // Adds what the browser has to know to let the page of this request read `response`.
    void apply(const http::Request& request, http::Response& response) const;

 private:
    [[nodiscard]] bool admits(std::string_view origin) const;
    CorsSettings settings_;
    std::string methods_;
    std::string allowed_headers_;
    std::string exposed_headers_;
};

}  // namespace stagedoor::flow
