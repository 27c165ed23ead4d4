#include "http/message.h"

#include "base/encoding.h"

#include <algorithm>

namespace stagedoor::http {

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get:
            return "GET";
        case Method::head:
            return "HEAD";
        case Method::post:
            return "POST";
        case Method::put:
            return "PUT";
        case Method::patch:
            return "PATCH";
        case Method::delete_:
            return "DELETE";
        case Method::options:
            return "OPTIONS";
    }
    return "";
}

std::string_view Request::field(std::string_view name) const {
    for (const auto& field : fields) {
        if (base::equal_ignoring_case(field.name, name)) return field.value;
    }
    return {};
}

std::size_t Request::count(std::string_view name) const {
    const auto same = [&](const FieldView& field) { return base::equal_ignoring_case(field.name, name); };
    return static_cast<std::size_t>(std::ranges::count_if(fields, same));
}

void Response::set(std::string_view name, std::string_view value) {
    const auto same = [&](const Field& field) { return base::equal_ignoring_case(field.name, name); };
    const auto first = std::ranges::find_if(fields, same);
    if (first == fields.end()) {
        add(name, value);
        return;
    }
    first->value = value;
    fields.erase(std::remove_if(std::next(first), fields.end(), same), fields.end());
}

std::string_view Response::field(std::string_view name) const {
    for (const auto& field : fields) {
        if (base::equal_ignoring_case(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace stagedoor::http
