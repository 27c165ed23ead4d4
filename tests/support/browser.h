#pragma once

#include "http/cookie.h"
#include "http/message.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::support {

// The cookies of one host as a browser keeps them (RFC 6265bis, sections 5.7 and 5.8): by name and path, sent
// with the longest path first; what is too big is dropped without a word.
class Browser {
 public:
    void receive(const http::Response& response) {
        for (const auto& field : response.fields) {
            if (field.name == "Set-Cookie") receive(field.value);
        }
    }
    void receive(const std::string& field);
    // The Cookie field of a request for `path`; empty if there is nothing to send.
    [[nodiscard]] std::string cookies_for(std::string_view path) const;
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;
    void forget(std::string_view name);

 private:
    struct Key {
        std::string path;
        std::string name;
        friend auto operator<=>(const Key&, const Key&) = default;
    };
    std::map<Key, std::string> jar_;
};

}  // namespace stagedoor::support
