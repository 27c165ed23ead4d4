#include "jose/json.h"

#include "jose/errors.h"

#include <boost/json.hpp>
#include <boost/json/basic_parser_impl.hpp>

#include <cmath>

namespace stagedoor::jose {
namespace {

namespace json = boost::json;

// Counts the member names of a text. A parsed object keeps one of several members of the same name, so that
// it holds fewer than the text exactly if a name came twice.
struct MemberCounter {
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);
    using Code = json::error_code;

    std::size_t members = 0;

    bool on_document_begin(Code& /*ec*/) { return true; }
    bool on_document_end(Code& /*ec*/) { return true; }
    bool on_object_begin(Code& /*ec*/) { return true; }
    bool on_object_end(std::size_t /*size*/, Code& /*ec*/) { return true; }
    bool on_array_begin(Code& /*ec*/) { return true; }
    bool on_array_end(std::size_t /*size*/, Code& /*ec*/) { return true; }
    bool on_key_part(json::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) { return true; }
    bool on_key(json::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) {
        ++members;
        return true;
    }
    bool on_string_part(json::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) { return true; }
    bool on_string(json::string_view /*part*/, std::size_t /*size*/, Code& /*ec*/) { return true; }
    bool on_number_part(json::string_view /*part*/, Code& /*ec*/) { return true; }
    bool on_int64(std::int64_t /*value*/, json::string_view /*text*/, Code& /*ec*/) { return true; }
    bool on_uint64(std::uint64_t /*value*/, json::string_view /*text*/, Code& /*ec*/) { return true; }
    bool on_double(double /*value*/, json::string_view /*text*/, Code& /*ec*/) { return true; }
    bool on_bool(bool /*value*/, Code& /*ec*/) { return true; }
    bool on_null(Code& /*ec*/) { return true; }
    bool on_comment_part(json::string_view /*part*/, Code& /*ec*/) { return true; }
    bool on_comment(json::string_view /*part*/, Code& /*ec*/) { return true; }
};

std::size_t count_members_in_text(std::string_view text, const json::parse_options& options) {
    json::basic_parser<MemberCounter> parser(options);
    json::error_code ec;
    parser.write_some(false, text.data(), text.size(), ec);
    return parser.handler().members;
}

// The depth is that of a parsed text, and so within its limit.
std::size_t count_members(const json::value& value) {
    std::size_t members = 0;
    if (const auto* object = value.if_object()) {
        members = object->size();
        for (const auto& member : *object) members += count_members(member.value());
    } else if (const auto* array = value.if_array()) {
        for (const auto& element : *array) members += count_members(element);
    }
    return members;
}

const std::shared_ptr<const json::object>& empty_object() {
    static const auto empty = std::make_shared<const json::object>();
    return empty;
}

}  // namespace

JsonObject::JsonObject() : object_(empty_object()) {}

JsonObject::JsonObject(json::object object)
    : object_(std::make_shared<const json::object>(std::move(object))) {}

base::Result<JsonObject> JsonObject::parse(std::string_view text, JsonLimits limits) {
    if (text.size() > limits.bytes) {
        return base::fail(errors::kJsonMalformed, "The JSON text is too large");
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    json::error_code ec;
    auto value = json::parse({text.data(), text.size()}, ec, {}, options);
    if (ec) {
        return base::fail(
            base::Error(errors::kJsonMalformed, "The text is not valid JSON").with_detail(ec.message())
        );
    }
    if (!value.is_object()) return base::fail(errors::kJsonMalformed, "The JSON text is not an object");
    if (count_members(value) != count_members_in_text(text, options)) {
        return base::fail(errors::kJsonDuplicateMember, "The JSON text has a member twice");
    }
    return JsonObject(std::move(value.get_object()));
}

bool JsonObject::has(std::string_view name) const {
    return object_->contains(name);
}

bool JsonObject::is_null(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    return value != nullptr && value->is_null();
}

bool JsonObject::empty() const {
    return object_->empty();
}

std::optional<std::string_view> JsonObject::string(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    const auto& text = value->get_string();
    return std::string_view(text.data(), text.size());
}

std::optional<std::int64_t> JsonObject::integer(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* whole = value->if_int64()) return *whole;
    constexpr double kExactlyWholeUpTo = 9007199254740992.0;  // 2^53
    if (const auto* number = value->if_double();
        number != nullptr && std::abs(*number) <= kExactlyWholeUpTo && std::trunc(*number) == *number) {
        return static_cast<std::int64_t>(*number);
    }
    return std::nullopt;
}

std::optional<double> JsonObject::number(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr) return std::nullopt;
    if (const auto* whole = value->if_int64()) return static_cast<double>(*whole);
    if (const auto* whole = value->if_uint64()) return static_cast<double>(*whole);
    if (const auto* number = value->if_double(); number != nullptr && std::isfinite(*number)) return *number;
    return std::nullopt;
}

std::optional<bool> JsonObject::boolean(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr || !value->is_bool()) return std::nullopt;
    return value->get_bool();
}

std::optional<std::vector<std::string>> JsonObject::strings(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr || !value->is_array()) return std::nullopt;
    std::vector<std::string> result;
    result.reserve(value->get_array().size());
    for (const auto& element : value->get_array()) {
        if (!element.is_string()) return std::nullopt;
        result.emplace_back(element.get_string());
    }
    return result;
}

std::optional<JsonObject> JsonObject::object(std::string_view name) const {
    const auto* value = object_->if_contains(name);
    if (value == nullptr || !value->is_object()) return std::nullopt;
    return JsonObject(value->get_object());
}

std::string JsonObject::to_string() const {
    return json::serialize(*object_);
}

}  // namespace stagedoor::jose
