#include "base/encoding.h"
#include "http/form.h"

#include "check.h"
#include "targets.h"

namespace stagedoor::fuzz {

void parameters(std::string_view input) {
    const auto parsed = http::Parameters::parse(input);
    if (!parsed) return;
    require(parsed->pairs().size() <= 128, "the number of parameters is within its limit");
    for (const auto& [name, value] : parsed->pairs()) {
        require(base::is_utf8(name) && base::is_utf8(value), "parameters are UTF-8");
        require(parsed->count(name) > 0 && parsed->get(name).has_value(), "a parameter is found by its name");
    }
    const auto again = http::Parameters::parse(parsed->to_string());
    require(again && again->pairs() == parsed->pairs(), "the written form is read as the same parameters");

    auto changed = *parsed;
    changed.set("state", input);
    require(
        changed.count("state") == 1 && changed.value("state") == input,
        "a parameter that was set is the only one"
    );
}

}  // namespace stagedoor::fuzz
