#include "config/validate.h"

#include "config/convert.h"
#include "config/key_tree.h"
#include "config/nearest.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace stagedoor::config {
namespace {

constexpr std::string_view kEnvironmentPath = "auth.providers.{oauth}.*";

class Validator {
 public:
    Validator(bool complete, Use use, Findings& findings)
        : complete_(complete), use_(use), findings_(&findings) {}

    // `later`: an object above this one was reported as without effect.
    void visit(const KeyNode& node, const Value& value, const std::string& path, bool later) {
        if (node.key != nullptr && !node.key->later.empty() && !later) {
            findings_->not_in_effect(path, node.key->later);
            later = true;
        }
        if (use_ == Use::without_database && path == kDatabaseKey) {
            findings_->not_in_effect(path, "sessions are kept in a file (auth.session.store: sqlite)");
            return;
        }
        if (node.kind() == Kind::objects) {
            visit_list(node, value, path, later);
        } else if (node.kind() == Kind::object && value.map() != nullptr) {
            visit_object(node, value, path, later);
        } else {
            visit_leaf(node, value, path);
        }
    }

 private:
    void visit_leaf(const KeyNode& node, const Value& value, const std::string& path) {
        static constexpr Key kPlainObject{.path = ""};
        const Key& key = node.key == nullptr ? kPlainObject : *node.key;
        const auto checked = check(key, key.kind == Kind::object ? key.instead : key.kind, value);
        if (checked) return;
        std::string message = checked.error();
        if (key.path == kEnvironmentPath) {
            message += "; is the environment missing, as in auth.providers.google.development.clientId?";
        }
        findings_->error(value.place, path, std::move(message));
    }

    void visit_list(const KeyNode& node, const Value& value, const std::string& path, bool later) {
        if (value.list() == nullptr) {
            findings_->error(
                value.place, path, fmt::format("must be a list of objects, not {}", value.type_name())
            );
            return;
        }
        for (std::size_t i = 0; i < value.list()->size(); ++i) {
            visit(*node.item, (*value.list())[i], fmt::format("{}[{}]", path, i), later);
        }
    }

    void visit_object(const KeyNode& node, const Value& value, const std::string& path, bool later) {
        for (const auto& member : *value.map()) {
            const std::string name = path.empty() ? member.name : fmt::format("{}.{}", path, member.name);
            if (const KeyNode* known = node.find(member.name)) {
                visit(*known, member.value, name, later);
            } else if (path.empty()) {
                warn_of_section(member);
            } else if (!node.open() || is_slip(node, path, member.name)) {
                report_unknown(node, member, name);
            }
        }
        if (!later && complete_) check_required(node, value, path);
    }

    // A document may have any other section; one that is nearly called like ours is worth a look.
    void warn_of_section(const Member& member) {
        constexpr std::size_t kTooShortToTell = 3;
        if (member.name.size() <= kTooShortToTell) return;
        const auto meant = nearest(member.name, key_tree().known_names());
        if (meant.size() <= kTooShortToTell) return;
        findings_->warning(
            member.place,
            member.name,
            fmt::format("this section is ignored; if '{}' is meant, rename it", meant)
        );
    }

    void report_unknown(const KeyNode& node, const Member& member, const std::string& name) {
        const auto known = node.known_names();
        const auto meant = nearest(member.name, known);
        constexpr std::size_t kFew = 12;
        std::string message =
            name.starts_with("auth.providers.") && &node == providers() ? "unknown provider" : "unknown key";
        if (meant.empty() && !known.empty() && (known.size() <= kFew || &node == providers())) {
            message += fmt::format("; known here: {}", fmt::join(known, ", "));
        }
        findings_->error(member.place, name, std::move(message), meant);
    }

    static const KeyNode* providers() { return key_tree().find("auth")->find("providers"); }

    void check_required(const KeyNode& node, const Value& value, const std::string& path) {
        for (const auto& [name, inner] : node.names) {
            if (inner.key == nullptr || !inner.key->required || find(*value.map(), name) != nullptr) continue;
            const std::string missing = path.empty() ? name : fmt::format("{}.{}", path, name);
            if (inner.kind() == Kind::object && inner.key->instead == Kind::object) {
                check_required(inner, Value{.data = Map{}, .place = value.place}, missing);
            } else {
                report_missing(value.place, missing);
            }
        }
    }

    void report_missing(const Place& place, const std::string& path) {
        const auto absent = findings_->absent_keys().find(path);
        if (absent == findings_->absent_keys().end()) {
            findings_->error(place, path, "is required and missing");
            return;
        }
        findings_->error(
            absent->second.place,
            path,
            fmt::format("is required, and the environment variable {} is not set", absent->second.variable)
        );
    }

    bool complete_;
    Use use_;
    Findings* findings_;
};

}  // namespace

void validate(const Value& root, bool complete, Use use, Findings& findings) {
    Validator validator(complete, use, findings);
    validator.visit(key_tree(), root, {}, false);
}

}  // namespace stagedoor::config
