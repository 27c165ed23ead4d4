#include "jose/key_set.h"

#include "jose/errors.h"

#include <boost/json.hpp>

namespace stagedoor::jose {
namespace {

constexpr std::size_t kMaxKeys = 100;

}  // namespace

base::Result<KeySet> KeySet::parse(std::string_view json) {
    auto document = JsonObject::parse(json);
    if (!document) {
        return base::fail(base::Error(errors::kKeySetInvalid, "The key set is not a JSON object")
                              .caused_by(std::move(document.error())));
    }
    const auto* members = document->raw().if_contains("keys");
    if (members == nullptr || !members->is_array()) {
        return base::fail(errors::kKeySetInvalid, "The key set has no list of keys");
    }
    if (members->get_array().size() > kMaxKeys) {
        return base::fail(errors::kKeySetInvalid, "The key set has too many keys");
    }
    KeySet set;
    for (const auto& member : members->get_array()) {
        if (!member.is_object()) continue;
        auto key = Jwk::parse(JsonObject(member.get_object()));
        if (key) set.keys_.push_back(std::move(*key));
    }
    return set;
}

std::vector<const Jwk*> KeySet::candidates(std::optional<std::string_view> kid, Algorithm algorithm) const {
    std::vector<const Jwk*> result;
    for (const auto& key : keys_) {
        if (kid && key.kid() != *kid) continue;
        if (key.fits(algorithm)) result.push_back(&key);
    }
    return result;
}

bool KeySet::contains(std::string_view kid) const {
    for (const auto& key : keys_) {
        if (key.kid() == kid) return true;
    }
    return false;
}

}  // namespace stagedoor::jose
