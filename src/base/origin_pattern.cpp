#include "base/origin_pattern.h"

#include "base/encoding.h"
#include "base/errors.h"

#include <algorithm>
#include <optional>

namespace stagedoor::base {

namespace {

constexpr std::size_t kMaxAlternatives = 64;
constexpr std::size_t kMaxBytes = 1024;

std::unexpected<Error> malformed(std::string message) {
    return fail(errors::kUrlMalformed, std::move(message));
}

// The index of the `]` that closes the class at `open`. A `]` right after the opening, or after its negation,
// is a member of the class.
std::optional<std::size_t> end_of_class(std::string_view glob, std::size_t open) {
    std::size_t first = open + 1;
    if (first < glob.size() && (glob[first] == '!' || glob[first] == '^')) ++first;
    const std::size_t close = glob.find(']', first + 1);
    if (close == glob.npos) return std::nullopt;
    return close;
}

// The host of "http://[::1]:*" is an address and no class: a class with a colon could match nothing there.
std::string escape_ipv6_host(std::string glob) {
    const std::size_t host = glob.find("://[");
    if (host == glob.npos) return glob;
    const std::size_t open = host + 3;
    const std::size_t close = std::min(glob.find(']', open), glob.size());
    if (std::string_view(glob).substr(open, close - open).contains(':')) glob.replace(open, 1, "[[]");
    return glob;
}

struct Group {
    std::size_t open;
    std::size_t close;
    std::vector<std::string> members;
};

// The first `{a,b}` of `glob`, with nested ones left in its members; nothing if there is none.
Result<std::optional<Group>> first_group(std::string_view glob) {
    std::optional<Group> group;
    std::size_t depth = 0;
    std::size_t member = 0;
    for (std::size_t i = 0; i < glob.size(); ++i) {
        const char c = glob[i];
        if (c == '[') {
            const auto close = end_of_class(glob, i);
            if (!close) return malformed("A [ is not closed.");
            i = *close;
        } else if (c == '{' && depth++ == 0) {
            group = Group{i, i, {}};
            member = i + 1;
        } else if (c == '}') {
            if (depth == 0) return malformed("A } has no opening brace.");
            if (--depth > 0) continue;
            group->members.emplace_back(glob.substr(member, i - member));
            group->close = i;
            if (group->members.size() < 2)
                return malformed("Braces need two alternatives, separated by a comma.");
            return group;
        } else if (c == ',' && depth == 1) {
            group->members.emplace_back(glob.substr(member, i - member));
            member = i + 1;
        }
    }
    if (depth > 0) return malformed("A { is not closed.");
    return std::nullopt;
}

Result<void> expand(const std::string& glob, std::vector<std::string>& alternatives) {
    STAGEDOOR_TRY(const std::optional<Group> group, first_group(glob));
    if (!group) {
        alternatives.push_back(glob);
        if (alternatives.size() > kMaxAlternatives)
            return malformed("The braces make more than 64 alternatives.");
        return {};
    }
    for (const std::string& member : group->members) {
        STAGEDOOR_CHECK(
            expand(glob.substr(0, group->open) + member + glob.substr(group->close + 1), alternatives)
        );
    }
    return {};
}

bool class_has(std::string_view members, char c) {
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (i + 2 < members.size() && members[i + 1] == '-') {
            if (members[i] <= c && c <= members[i + 2]) return true;
            i += 2;
        } else if (members[i] == c) {
            return true;
        }
    }
    return false;
}

// How many characters of the glob stand for one character, `c`; 0 if they do not match it.
std::size_t match_one(std::string_view glob, char c) {
    if (glob.empty()) return 0;
    if (glob[0] == '?') return c == '/' ? 0 : 1;
    if (glob[0] != '[') return glob[0] == c ? 1 : 0;
    const std::size_t close = *end_of_class(glob, 0);
    std::string_view members = glob.substr(1, close - 1);
    const bool negated = members.starts_with('!') || members.starts_with('^');
    if (negated) members.remove_prefix(1);
    return c != '/' && class_has(members, c) != negated ? close + 1 : 0;
}

// Only the last star is ever tried again: what stands between two stars is best matched as early as it can
// be. So the time is bounded by the product of the lengths.
bool matches_glob(std::string_view glob, std::string_view text) {
    std::size_t g = 0, t = 0;
    std::optional<std::size_t> star;  // the glob after the last star
    std::size_t star_end = 0;         // the text that this star has not taken
    while (t < text.size()) {
        if (g < glob.size() && glob[g] == '*') {
            star = ++g;
            star_end = t;
        } else if (const std::size_t step = match_one(glob.substr(g), text[t]); step > 0) {
            g += step;
            ++t;
        } else if (star && text[star_end] != '/') {
            g = *star;
            t = ++star_end;
        } else {
            return false;
        }
    }
    return std::ranges::all_of(glob.substr(g), [](char c) { return c == '*'; });
}

}  // namespace

Result<OriginPattern> OriginPattern::parse(std::string_view glob) {
    if (glob.empty() || glob.size() > kMaxBytes)
        return malformed("A pattern of origins has 1 to 1024 characters.");
    if (glob[0] == '!' || glob.find_first_of("()|\\") != glob.npos) {
        return malformed("Negation, extended globs and backslashes are not supported in a pattern of origins."
        );
    }
    OriginPattern pattern{std::string(glob)};
    STAGEDOOR_CHECK(expand(escape_ipv6_host(to_lower(glob)), pattern.alternatives_));
    return pattern;
}

bool OriginPattern::matches(const Origin& origin) const {
    const std::string text = origin.to_string();
    return std::ranges::any_of(alternatives_, [&](const std::string& glob) {
        return matches_glob(glob, text);
    });
}

}  // namespace stagedoor::base
