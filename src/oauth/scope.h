#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::oauth {

// A set of scope values (RFC 6749, section 3.3) that remembers the order in which they came; a value that
// comes again keeps its first place. Values are compared byte by byte.
class ScopeSet {
 public:
    ScopeSet() = default;
    ScopeSet(std::initializer_list<std::string_view> values);

    // Splits on white space.
    [[nodiscard]] static ScopeSet parse(std::string_view text);
    // Splits on white space, `|` and `,` as well, as apps write scopes, and some providers answer them
    // (GitHub).
    [[nodiscard]] static ScopeSet parse_lenient(std::string_view text);

    // Adds one value; an empty one is ignored.
    void add(std::string_view value);
    [[nodiscard]] bool contains(std::string_view value) const;
    [[nodiscard]] bool contains_all(const ScopeSet& other) const;
    // These values, then those of `other` that are not among them.
    [[nodiscard]] ScopeSet merge(const ScopeSet& other) const;
    // These values without those of `other`.
    [[nodiscard]] ScopeSet minus(const ScopeSet& other) const;

    // Joined by one space.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] bool empty() const { return values_.empty(); }
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    [[nodiscard]] auto begin() const { return values_.begin(); }
    [[nodiscard]] auto end() const { return values_.end(); }

    // The same values, in whatever order.
    friend bool operator==(const ScopeSet& a, const ScopeSet& b) {
        return a.size() == b.size() && a.contains_all(b);
    }

 private:
    std::vector<std::string> values_;
};

}  // namespace stagedoor::oauth
