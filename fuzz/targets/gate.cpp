#include "http/server/gate.h"

#include "base/encoding.h"

#include "check.h"
#include "targets.h"
#include <algorithm>
#include <vector>

namespace stagedoor::fuzz {

namespace {

std::string_view take_word(std::string_view& text) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    return word;
}

std::vector<http::FieldView> fields_in(std::string_view text) {
    std::vector<http::FieldView> fields;
    while (!text.empty()) {
        const auto [line, rest] = split_line(text);
        text = rest;
        const auto colon = std::min(line.find(':'), line.size());
        fields.push_back({line.substr(0, colon), line.substr(std::min(colon + 1, line.size()))});
    }
    return fields;
}

std::ptrdiff_t count(const std::vector<http::FieldView>& fields, std::string_view name) {
    return std::ranges::count_if(fields, [&](const http::FieldView& field) {
        return base::equal_ignoring_case(field.name, name);
    });
}

}  // namespace

void gate(std::string_view input) {
    auto [line, rest] = split_line(input);
    const auto fields = fields_in(rest);
    http::RequestHead head;
    head.method = take_word(line);
    head.target = take_word(line);
    head.version = line == "1.0" ? 10 : 11;
    head.fields = fields;
    const http::Limits limits;
    const auto method = http::judge(head, limits);
    if (!method) return;
    require(http::to_string(*method) == head.method, "the method is the one of the request line");
    require(head.target.starts_with('/') && head.target.size() <= limits.target_bytes, "a target is a path");
    require(fields.size() <= limits.fields, "the number of fields is within its limit");
    require(count(fields, "Host") == 1, "there is one Host");
    require(
        count(fields, "Content-Length") + count(fields, "Transfer-Encoding") <= 1, "a body has one length"
    );
    require(count(fields, "Expect") == 0, "there is no expectation");
    for (const auto& field : fields) {
        if (base::equal_ignoring_case(field.name, "Transfer-Encoding")) {
            require(head.version == 11, "only HTTP/1.1 has transfer codings");
            require(
                base::to_lower(field.value).find("chunked") != std::string::npos, "the coding is chunked"
            );
        }
        if (base::equal_ignoring_case(field.name, "Content-Length")) {
            require(
                std::ranges::all_of(field.value, [](char c) { return c >= '0' && c <= '9'; }),
                "a length is a plain number"
            );
        }
    }
}

}  // namespace stagedoor::fuzz
