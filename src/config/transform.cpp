#include "config/transform.h"

#include "base/secret.h"
#include "config/substitution.h"
#include "config/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace stagedoor::config {
namespace {

constexpr std::array<std::string_view, 3> kIncludeKeys{"$env", "$file", "$include"};
constexpr std::string_view kNoObject = "the path after # goes through something that is no object";
constexpr std::size_t kMaxIncludes = 1000;
constexpr std::size_t kMaxTransformedNodes = 4 * kMaxNodes;  // whatever is included, and however often

bool is_include_key(const Member& member) {
    return std::ranges::find(kIncludeKeys, member.name) != kIncludeKeys.end();
}

std::string child(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

bool has_parser(const std::filesystem::path& file) {
    const auto extension = file.extension();
    return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

std::string without_trailing_space(std::string text) {
    const auto last = text.find_last_not_of(" \t\r\n\v\f");
    text.resize(last == std::string::npos ? 0 : last + 1);
    return text;
}

// The value at a path of names in an included document. No value: it is not there.
std::expected<std::optional<Value>, std::string> select(Value value, std::string_view data_path) {
    while (!data_path.empty()) {
        const auto dot = data_path.find('.');
        const bool last = dot == std::string_view::npos;
        Map* map = value.map();
        if (map == nullptr) return std::unexpected(std::string(kNoObject));
        const auto member = std::ranges::find(*map, data_path.substr(0, dot), &Member::name);
        if (member == map->end() && !last) return std::unexpected(std::string(kNoObject));
        if (member == map->end()) return std::nullopt;
        // Out of the tree before the tree that holds it is replaced.
        Value selected = std::move(member->value);
        value = std::move(selected);
        data_path = last ? std::string_view{} : data_path.substr(dot + 1);
    }
    return value;
}

}  // namespace

Transformer::Transformed Transformer::fail(const Place& place, std::string_view path, std::string message) {
    complete_ = false;
    findings_->error(place, path, std::move(message));
    return std::nullopt;
}

std::optional<std::string> Transformer::read_text(
    const std::filesystem::path& file, const Place& place, std::string_view path
) {
    const auto failed = [&](std::string_view why) {
        fail(place, path, fmt::format("'{}' can't be read: {}", file.string(), why));
        return std::nullopt;
    };
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) return failed("it is a folder");
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return failed(std::generic_category().message(errno));
    std::string text(kMaxFileBytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return failed("the file can't be read to its end");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kMaxFileBytes) return failed(fmt::format("it is larger than {} bytes", kMaxFileBytes));
    if (std::ranges::find(files_, file) == files_.end()) files_.push_back(file);
    return text;
}

std::optional<Value> Transformer::read_document(
    const std::filesystem::path& file, const Place& place, std::string_view path
) {
    auto text = read_text(file, place, path);
    if (!text) return std::nullopt;
    auto document = read_yaml(*text, std::make_shared<const std::string>(file.string()));
    base::wipe(*text);
    complete_ = complete_ && document.complete;
    for (auto& problem : document.problems) findings_->error(problem.place, {}, std::move(problem.message));
    return std::move(document.value);
}

Value Transformer::read(const std::filesystem::path& file) {
    const Place place{.file = std::make_shared<const std::string>(file.string())};
    Value empty{.data = Map{}, .place = place};
    auto document = read_document(file, place, {});
    if (!document || document->is_null()) return empty;
    auto result =
        transform(std::move(*document), {}, {.directory = file.parent_path(), .includes = {}, .depth = 0});
    if (!result) return empty;
    if (result->map() == nullptr) {
        fail(
            result->place, {}, fmt::format("a configuration must be an object, not {}", result->type_name())
        );
        return empty;
    }
    return std::move(*result);
}

Transformer::Transformed Transformer::transform(Value value, const std::string& path, const Scope& scope) {
    if (++nodes_ > kMaxTransformedNodes)
        return fail(value.place, path, "too many values for a configuration");
    if (scope.depth > 2 * kMaxDepth) return fail(value.place, path, "nested too deeply");
    if (value.text() != nullptr) return transform_text(std::move(value), path);
    if (value.list() != nullptr) return transform_list(std::move(value), path, scope);
    if (value.map() != nullptr) return transform_map(std::move(value), path, scope);
    return value;
}

Transformer::Transformed Transformer::transform_text(Value value, const std::string& path) {
    auto result = substitute(*value.text(), *environment_);
    if (!result.text) {
        if (!result.missing.empty()) findings_->absent(value.place, path, result.missing);
        return std::nullopt;
    }
    value.data = std::move(*result.text);
    return value;
}

Transformer::Transformed Transformer::transform_list(
    Value value, const std::string& path, const Scope& scope
) {
    Scope inner = scope;
    ++inner.depth;
    List out;
    auto& list = std::get<List>(value.data);
    for (std::size_t i = 0; i < list.size(); ++i) {
        auto item = transform(std::move(list[i]), fmt::format("{}[{}]", path, i), inner);
        if (item) out.push_back(std::move(*item));
    }
    value.data = std::move(out);
    return value;
}

Transformer::Transformed Transformer::transform_map(
    Value value, const std::string& path, const Scope& scope
) {
    Map& map = *value.map();
    if (const auto key = std::ranges::find_if(map, is_include_key); key != map.end()) {
        if (map.size() != 1)
            return fail(key->place, path, fmt::format("{} must be the only key here", key->name));
        return resolve(key->name, key->value, path, scope);
    }
    Scope inner = scope;
    ++inner.depth;
    Map out;
    for (auto& member : map) {
        const std::string name = child(path, member.name);
        const Concern concern = concern_of(name, use_);
        if (concern == Concern::none) continue;
        auto inside = concern == Concern::content ? transform(std::move(member.value), name, inner)
                                                  : std::optional(std::move(member.value));
        if (!inside) continue;
        out.push_back({.name = std::move(member.name), .place = member.place, .value = std::move(*inside)});
    }
    value.data = std::move(out);
    return value;
}

Transformer::Transformed Transformer::resolve(
    const std::string& key, const Value& argument, const std::string& path, const Scope& scope
) {
    if (argument.text() == nullptr) {
        return fail(argument.place, path, fmt::format("{} needs text, not {}", key, argument.type_name()));
    }
    const auto name = substitute(*argument.text(), *environment_);
    if (!name.text) {
        const auto what = name.missing.empty()
                              ? std::string("its variable is empty")
                              : fmt::format("the environment variable {} is not set", name.missing);
        return fail(argument.place, path, fmt::format("{} names nothing: {}", key, what));
    }
    if (key == "$env") return include_env(*name.text, argument.place, path);
    if (key == "$file") return include_file(*name.text, argument.place, path, scope);
    return include_document(*name.text, argument.place, path, scope);
}

Transformer::Transformed Transformer::include_env(
    const std::string& name, const Place& place, const std::string& path
) {
    auto value = variable(name, *environment_);
    if (!value) {
        findings_->absent(place, path, name);
        return std::nullopt;
    }
    return Value{.data = std::move(*value), .place = place};
}

Transformer::Transformed Transformer::include_file(
    const std::string& name, const Place& place, const std::string& path, const Scope& scope
) {
    auto text = read_text((scope.directory / name).lexically_normal(), place, path);
    if (!text) return std::nullopt;
    return Value{.data = without_trailing_space(std::move(*text)), .place = place};
}

Transformer::Transformed Transformer::include_document(
    const std::string& reference, const Place& place, const std::string& path, const Scope& scope
) {
    const auto hash = reference.find('#');
    const std::string data_path = hash == std::string::npos ? std::string() : reference.substr(hash + 1);
    const auto file = (scope.directory / reference.substr(0, hash)).lexically_normal();
    if (!has_parser(file))
        return fail(place, path, "$include needs a file that ends in .yaml, .yml or .json");

    Scope inner{.directory = file.parent_path(), .includes = scope.includes, .depth = scope.depth + 1};
    const std::string identity = file.string() + "#" + data_path;
    if (std::ranges::find(inner.includes, identity) != inner.includes.end()) {
        return fail(place, path, fmt::format("'{}' includes itself", reference));
    }
    inner.includes.push_back(identity);
    if (inner.includes.size() > kMaxIncludeDepth || ++includes_ > kMaxIncludes)
        return fail(place, path, "files include each other too deeply, or too often");

    auto document = read_document(file, place, path);
    if (!document) return std::nullopt;
    auto selected = select(std::move(*document), data_path);
    if (!selected) return fail(place, path, selected.error());
    if (!*selected) return std::nullopt;
    return transform(std::move(**selected), path, inner);
}

}  // namespace stagedoor::config
