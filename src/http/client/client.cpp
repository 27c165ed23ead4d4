#include "http/client/client.h"

#include "base/encoding.h"

namespace stagedoor::http {

std::string_view ClientResponse::field(std::string_view name) const {
    for (const Field& field : fields) {
        if (base::equal_ignoring_case(field.name, name)) return field.value;
    }
    return {};
}

}  // namespace stagedoor::http
