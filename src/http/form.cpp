#include "http/form.h"

#include "base/encoding.h"
#include "http/errors.h"

#include <algorithm>

namespace stagedoor::http {

namespace {

using Pair = std::pair<std::string, std::string>;

constexpr std::size_t kMaxParameters = 128;

// A name or value that stands in a query or a form.
base::Result<std::string> decode(std::string_view encoded) {
    auto text = base::form_decode(encoded);
    if (!text) {
        return base::fail(
            errors::kMalformedParameters,
            "The parameters contain a percent sign that two hex digits do not follow."
        );
    }
    if (!base::is_utf8(*text)) {
        return base::fail(errors::kMalformedParameters, "The parameters contain text that is not UTF-8.");
    }
    return std::move(*text);
}

}  // namespace

// WHATWG URL, section 5.1, but strict about broken escapes: nobody's encoder makes them.
base::Result<Parameters> Parameters::parse(std::string_view encoded) {
    Parameters parameters;
    while (!encoded.empty()) {
        const std::size_t end = std::min(encoded.find('&'), encoded.size());
        const std::string_view pair = encoded.substr(0, end);
        encoded.remove_prefix(std::min(end + 1, encoded.size()));
        if (pair.empty()) continue;
        if (parameters.pairs_.size() == kMaxParameters) {
            return base::fail(errors::kMalformedParameters, "There are more than 128 parameters.");
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        STAGEDOOR_TRY(std::string name, decode(pair.substr(0, equals)));
        STAGEDOOR_TRY(std::string value, decode(pair.substr(std::min(equals + 1, pair.size()))));
        parameters.pairs_.emplace_back(std::move(name), std::move(value));
    }
    return parameters;
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
    const auto found = std::ranges::find(pairs_, name, &Pair::first);
    if (found == pairs_.end()) return std::nullopt;
    return found->second;
}

std::string_view Parameters::value(std::string_view name) const {
    return get(name).value_or(std::string_view());
}

std::size_t Parameters::count(std::string_view name) const {
    return static_cast<std::size_t>(std::ranges::count(pairs_, name, &Pair::first));
}

void Parameters::add(std::string_view name, std::string_view value) {
    pairs_.emplace_back(name, value);
}

void Parameters::set(std::string_view name, std::string_view value) {
    const auto first = std::ranges::find(pairs_, name, &Pair::first);
    if (first == pairs_.end()) return add(name, value);
    first->second = value;
    const auto others = std::ranges::remove(std::next(first), pairs_.end(), name, &Pair::first);
    pairs_.erase(others.begin(), others.end());
}

std::string Parameters::to_string() const {
    std::string text;
    for (const auto& [name, value] : pairs_) {
        if (!text.empty()) text += '&';
        text.append(base::form_encode(name)).append("=").append(base::form_encode(value));
    }
    return text;
}

}  // namespace stagedoor::http
