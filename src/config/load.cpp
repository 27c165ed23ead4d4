#include "config/load.h"

#include "config/cross_checks.h"
#include "config/environment.h"
#include "config/findings.h"
#include "config/read.h"
#include "config/transform.h"
#include "config/validate.h"

namespace stagedoor::config {
namespace {

Value read_sources(
    const std::vector<std::filesystem::path>& files,
    const Environment& environment,
    Transformer& transformer,
    Findings& findings
) {
    Value root{.data = Map{}, .place = {}};
    if (!files.empty()) root.place.file = std::make_shared<const std::string>(files.front().string());
    for (const auto& file : files) merge(root, transformer.read(file));
    merge(root, environment_overrides(environment, findings));
    return root;
}

std::expected<Loaded, std::vector<Problem>> load(
    const std::vector<std::filesystem::path>& files, const Environment& environment, Use use
) {
    Findings findings;
    Transformer transformer(environment, use, findings);
    Value root = read_sources(files, environment, transformer, findings);
    Config config = read_config(root);
    if (config.auth.store == StoreKind::postgres && use == Use::without_database) {
        wipe(root);
        return load(files, environment, Use::with_database);
    }
    validate(root, transformer.complete(), use, findings);
    check_backend(config, root, findings);
    check_database(config, root, findings);
    check_auth(config, root, transformer.complete(), findings);
    check_origins(config, root, findings);
    check_absent(root, findings);
    wipe(root);

    std::vector<std::string> order;
    for (const auto& file : transformer.files()) order.push_back(file.string());
    if (findings.has_errors()) return std::unexpected(findings.take_errors(order));
    return Loaded{
        .config = std::move(config),
        .warnings = findings.take_warnings(order),
        .not_in_effect = findings.take_not_in_effect(),
        .files = transformer.files()
    };
}

}  // namespace

std::expected<Loaded, std::vector<Problem>> load(
    const std::vector<std::filesystem::path>& files, const Environment& environment
) {
    return load(files, environment, Use::without_database);
}

}  // namespace stagedoor::config
