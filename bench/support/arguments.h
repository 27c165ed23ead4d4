#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace stagedoor::bench {

// The bytes of a file. Throws std::runtime_error.
inline std::string read_file(const std::string& name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A number from the command line. Throws std::invalid_argument or std::out_of_range.
template <class Number>
Number parse_number(const std::string& text) {
    std::size_t end = 0;
    const unsigned long value = std::stoul(text, &end);
    if (end != text.size() || !std::in_range<Number>(value)) throw std::out_of_range("out of range: " + text);
    return static_cast<Number>(value);
}

}  // namespace stagedoor::bench
