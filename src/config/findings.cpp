#include "config/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace stagedoor::config {
namespace {

Position position_of(const Place& place) {
    return {.file = place.file ? *place.file : std::string(), .line = place.line, .column = place.column};
}

std::vector<Problem> in_order(std::vector<Problem> problems, const std::vector<std::string>& order) {
    std::multimap<std::tuple<std::ptrdiff_t, int, int>, Problem>
        sorted;  // equal keys keep the order of insertion
    for (auto& problem : problems) {
        const auto file = std::ranges::find(order, problem.position.file) - order.begin();
        const std::tuple place(file, problem.position.line, problem.position.column);
        sorted.emplace(place, std::move(problem));
    }
    std::vector<Problem> out;
    for (auto& [place, problem] : sorted) out.push_back(std::move(problem));
    return out;
}

}  // namespace

std::string Problem::to_string() const {
    std::string text = position.file;
    if (position.line > 0) text += fmt::format(":{}:{}", position.line, position.column);
    if (!text.empty()) text += ": ";
    if (!path.empty()) text += path + ": ";
    text += message;
    if (!suggestion.empty()) text += fmt::format("; did you mean '{}'?", suggestion);
    return text;
}

void Findings::error(
    const Place& place, std::string_view path, std::string message, std::string_view suggestion
) {
    errors_.push_back(
        {.position = position_of(place),
         .path = std::string(path),
         .message = std::move(message),
         .suggestion = std::string(suggestion)}
    );
}

void Findings::warning(const Place& place, std::string_view path, std::string message) {
    warnings_.push_back(
        {.position = position_of(place),
         .path = std::string(path),
         .message = std::move(message),
         .suggestion = {}}
    );
}

void Findings::not_in_effect(std::string_view path, std::string_view reason) {
    not_in_effect_.push_back({.path = std::string(path), .reason = std::string(reason)});
}

void Findings::absent(const Place& place, std::string path, std::string variable) {
    absent_.insert_or_assign(std::move(path), Absent{.place = place, .variable = std::move(variable)});
}

bool Findings::has_error_at(std::string_view path) const {
    return std::ranges::any_of(errors_, [path](const Problem& problem) {
        if (!problem.path.starts_with(path)) return false;
        const std::string_view below = std::string_view(problem.path).substr(path.size());
        return below.empty() || below.front() == '.' || below.front() == '[';
    });
}

std::vector<Problem> Findings::take_errors(const std::vector<std::string>& order) {
    return in_order(std::move(errors_), order);
}

std::vector<Problem> Findings::take_warnings(const std::vector<std::string>& order) {
    return in_order(std::move(warnings_), order);
}

}  // namespace stagedoor::config
