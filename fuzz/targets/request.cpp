#include "http/server/request_reader.h"

#include "check.h"
#include "targets.h"
#include <algorithm>
#include <string>

namespace stagedoor::fuzz {

namespace {

using Progress = http::RequestReader::Progress;

// What RFC 9112 demands of a request, and the limits.
void judge(const http::Request& request, const http::Limits& limits) {
    require(request.target.starts_with('/'), "a target is a path");
    require(
        std::ranges::all_of(request.target, [](char c) { return c > 0x20 && c < 0x7f; }),
        "a target is visible ASCII"
    );
    require(request.target.size() <= limits.target_bytes, "a target is within its limit");
    require(request.fields.size() <= limits.fields, "the number of fields is within its limit");
    require(request.body.size() <= limits.body_bytes, "a body is within its limit");
    require(request.count("Host") == 1, "there is one Host");
    require(
        request.count("Content-Length") + request.count("Transfer-Encoding") <= 1, "a body has one length"
    );
    for (const auto& field : request.fields) {
        require(!field.name.empty(), "a field has a name");
        for (const auto text : {field.name, field.value}) {
            require(text.find_first_of(std::string_view("\r\n\0", 3)) == text.npos, "a field is one line");
        }
    }
}

std::string describe(const http::RequestReader& reader) {
    const auto& request = reader.request();
    std::string text(http::to_string(request.method));
    text.append(" ").append(request.target).append("\n");
    for (const auto& field : request.fields)
        text.append(field.name).append(":").append(field.value).append("\n");
    return text.append("\n").append(request.body).append(reader.keep_alive() ? "\nopen\n" : "\nclose\n");
}

// Gives the reader all requests that it has; false once it refused.
bool read_requests(http::RequestReader& reader, const http::Limits& limits, std::string& transcript) {
    do {
        const auto progress = reader.advance();
        if (!progress) {
            transcript += "refused";
            return false;
        }
        if (*progress != Progress::complete) return true;
        judge(reader.request(), limits);
        transcript += describe(reader);
        reader.next();
    } while (!reader.empty());
    return true;
}

std::string requests_in(std::string_view bytes, std::size_t piece, const http::Limits& limits) {
    http::RequestReader reader(limits);
    std::string transcript;
    while (!bytes.empty()) {
        const auto space = reader.space();
        require(!space.empty(), "there is always space");
        const auto part = bytes.substr(0, std::min(piece, space.size()));
        std::ranges::copy(part, space.data());
        reader.commit(part.size());
        bytes.remove_prefix(part.size());
        if (!read_requests(reader, limits, transcript)) break;
    }
    return transcript;
}

}  // namespace

void request(std::string_view input) {
    // Small limits are reached by small inputs, and make the buffer wrap.
    const http::Limits small{.header_bytes = 300, .target_bytes = 100, .fields = 6, .body_bytes = 20};
    for (const auto& limits : {http::Limits(), small}) {
        const auto at_once = requests_in(input, std::string_view::npos, limits);
        for (const std::size_t piece : {1U, 7U, 64U}) {
            require(
                requests_in(input, piece, limits) == at_once,
                "any way to cut the bytes gives the same requests"
            );
        }
    }
}

}  // namespace stagedoor::fuzz
