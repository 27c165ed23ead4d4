#include "config/cross_checks.h"
#include "config/environment.h"
#include "config/findings.h"
#include "config/read.h"
#include "config/substitution.h"
#include "config/validate.h"
#include "config/yaml_reader.h"

#include "check.h"
#include "targets.h"
#include <memory>
#include <string>

// The steps of config::load() in memory: all but the resolution of $file and $include, which would read
// whatever file an input names.
namespace stagedoor::fuzz {

namespace {

const config::Environment& environment() {
    static const config::Environment variables{
        {"CLIENT_ID", "an-id"}, {"EMPTY", ""}, {"APP_CONFIG_auth_session_secret", R"(["a","b"])"}
    };
    return variables;
}

config::Value read(const std::string& text, config::Findings& findings, bool& complete) {
    const auto file = std::make_shared<const std::string>("app-config.yaml");
    auto document = config::read_yaml(text, file);
    for (const auto& problem : document.problems) {
        require(problem.place.line >= 0 && !problem.message.empty(), "a problem has a place and a message");
        findings.error(problem.place, "", problem.message);
    }
    complete = document.complete;
    config::Value root{.data = config::Map{}, .place = {.file = file}};
    if (document.value.map() != nullptr) merge(root, std::move(document.value));
    merge(root, config::environment_overrides(environment(), findings));
    return root;
}

}  // namespace

void config(std::string_view input) {
    const std::string text(input);
    static_cast<void>(config::substitute(text, environment()));

    config::Findings findings;
    bool complete = true;
    const auto root = read(text, findings, complete);
    const auto settings = config::read_config(root);
    const bool database = settings.auth.store == config::StoreKind::postgres;
    validate(root, complete, database ? config::Use::with_database : config::Use::without_database, findings);
    check_backend(settings, root, findings);
    check_database(settings, root, findings);
    check_auth(settings, root, complete, findings);
    check_origins(settings, root, findings);
    check_absent(root, findings);
    const bool refused = findings.has_errors();
    const auto errors = findings.take_errors({"app-config.yaml"});
    require(refused == !errors.empty(), "what is refused has a reason");
    for (const auto& problem : errors) require(!problem.to_string().empty(), "a problem can be shown");
}

}  // namespace stagedoor::fuzz
