#include "oauth/scope.h"

#include <algorithm>

namespace stagedoor::oauth {
namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";
constexpr std::string_view kLenientSeparators = " \t\n\r\v\f|,";

template <class Add>
void split(std::string_view text, std::string_view separators, Add add) {
    while (true) {
        const auto begin = text.find_first_not_of(separators);
        if (begin == std::string_view::npos) return;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(separators), text.size());
        add(text.substr(0, end));
        text.remove_prefix(end);
    }
}

}  // namespace

ScopeSet::ScopeSet(std::initializer_list<std::string_view> values) {
    for (const auto value : values) add(value);
}

ScopeSet ScopeSet::parse(std::string_view text) {
    ScopeSet result;
    split(text, kWhiteSpace, [&](std::string_view value) { result.add(value); });
    return result;
}

ScopeSet ScopeSet::parse_lenient(std::string_view text) {
    ScopeSet result;
    split(text, kLenientSeparators, [&](std::string_view value) { result.add(value); });
    return result;
}

void ScopeSet::add(std::string_view value) {
    if (!value.empty() && !contains(value)) values_.emplace_back(value);
}

bool ScopeSet::contains(std::string_view value) const {
    return std::ranges::find(values_, value) != values_.end();
}

bool ScopeSet::contains_all(const ScopeSet& other) const {
    return std::ranges::all_of(other.values_, [&](const std::string& value) { return contains(value); });
}

ScopeSet ScopeSet::merge(const ScopeSet& other) const {
    ScopeSet result = *this;
    for (const auto& value : other) result.add(value);
    return result;
}

ScopeSet ScopeSet::minus(const ScopeSet& other) const {
    ScopeSet result;
    std::ranges::copy_if(values_, std::back_inserter(result.values_), [&](const std::string& value) {
        return !other.contains(value);
    });
    return result;
}

std::string ScopeSet::to_string() const {
    std::string result;
    for (const auto& value : values_) {
        if (!result.empty()) result += ' ';
        result += value;
    }
    return result;
}

}  // namespace stagedoor::oauth
