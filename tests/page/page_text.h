#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::page {

// The one text between `start` and `end`, as an HTML parser would find it.
inline std::string between(std::string_view text, std::string_view start, std::string_view end) {
    const std::size_t from = text.find(start);
    if (from == text.npos) throw std::runtime_error("not found: " + std::string(start));
    if (text.find(start, from + 1) != text.npos)
        throw std::runtime_error("found twice: " + std::string(start));
    const std::size_t to = text.find(end, from + start.size());
    if (to == text.npos) throw std::runtime_error("not found: " + std::string(end));
    return std::string(text.substr(from + start.size(), to - from - start.size()));
}

// What stands in the literals of decodeURIComponent('...'), in order; they are cut out of `script`.
inline std::vector<std::string> take_literals(std::string& script) {
    constexpr std::string_view kStart = "decodeURIComponent('";
    std::vector<std::string> literals;
    for (std::size_t at = script.find(kStart); at != script.npos;
         at = script.find(kStart, at + kStart.size())) {
        const std::size_t from = at + kStart.size();
        const std::size_t to = script.find('\'', from);
        if (to == script.npos) throw std::runtime_error("a literal has no end");
        literals.push_back(script.substr(from, to - from));
        script.erase(from, to - from);
    }
    return literals;
}

}  // namespace stagedoor::page
