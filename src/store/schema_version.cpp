#include "store/schema_version.h"

#include "store/errors.h"

#include <fmt/core.h>

namespace stagedoor::store {

std::optional<base::Error> judge_version(int version, int newest, OlderTables older) {
    if (version > newest) {
        return base::Error(
            errors::kSchemaNewer,
            fmt::format(
                "The tables have the version {}, and this program knows those up to {}: start the version of "
                "Stagedoor that made them, or a later one",
                version,
                newest
            )
        );
    }
    if (version == newest || older == OlderTables::migrate) return std::nullopt;
    return base::Error(
        errors::kSchemaOlder,
        version == 0
            ? std::string("The tables were not made yet: run `stagedoor store migrate`, or start the service")
            : fmt::format(
                  "The tables have the version {}, and this program wants {}: run `stagedoor store "
                  "migrate`, or start the service",
                  version,
                  newest
              )
    );
}

}  // namespace stagedoor::store
