#include "store/postgres_settings.h"

#include "store/errors.h"

#include <fmt/core.h>

#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <string_view>

namespace stagedoor::store {

namespace {

using Parameters = std::map<std::string, base::Secret>;

base::Result<Parameters> parse(const base::Secret& connection_string) {
    Parameters parameters;
    if (connection_string.empty()) return parameters;
    char* message = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(
        PQconninfoParse(connection_string.reveal().c_str(), &message), PQconninfoFree
    );
    // The message may quote what it can't read, and that may be the password.
    PQfreemem(message);
    if (!options) {
        return base::fail(
            errors::kRefused, "backend.database.connection is no connection string of PostgreSQL"
        );
    }
    for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
        if (option->val != nullptr) parameters[option->keyword] = base::Secret(option->val);
    }
    return parameters;
}

void set_default(Parameters& parameters, const char* name, const char* value) {
    parameters.try_emplace(name, base::Secret(value));
}

// Takes the parameter out; else the variable of the environment that libpq would look at, else `fallback`.
std::string take_out(Parameters& parameters, const char* name, const char* variable, const char* fallback) {
    const auto found = parameters.extract(name);
    if (!found.empty() && !found.mapped().empty()) return found.mapped().reveal();
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' ? value : fallback;
}

std::vector<std::string> split(std::string_view list) {
    std::vector<std::string> items;
    for (;;) {
        const auto comma = list.find(',');
        items.emplace_back(list.substr(0, comma));
        if (comma == std::string_view::npos) return items;
        list.remove_prefix(comma + 1);
    }
}

}  // namespace

std::string PostgresTarget::database() const {
    const auto found = parameters.find("dbname");
    return found == parameters.end() ? std::string() : found->second.reveal();
}

std::string PostgresTarget::place() const {
    std::string text;
    for (const auto& host : hosts)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ",", host.name, host.port);
    return text + "/" + database();
}

base::Result<PostgresTarget> postgres_target(const PostgresSettings& settings) {
    PostgresTarget target;
    STAGEDOOR_TRY(target.parameters, parse(settings.connection_string));
    for (const auto& [name, value] : settings.parameters) target.parameters[name] = value;
    auto& parameters = target.parameters;

    const auto names = split(take_out(parameters, "host", "PGHOST", "localhost"));
    const auto ports = split(take_out(parameters, "port", "PGPORT", "5432"));
    if (ports.size() != 1 && ports.size() != names.size()) {
        return base::fail(errors::kRefused, "backend.database.connection has not as many ports as hosts");
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
        target.hosts.push_back({.name = names[i], .port = ports.size() == 1 ? ports[0] : ports[i]});
    }
    // Addresses are looked up here, without blocking.
    parameters.erase("hostaddr");
    // The word of Node.js's driver.
    if (const auto mode = parameters.find("sslmode");
        mode != parameters.end() && mode->second.reveal() == "no-verify") {
        mode->second = base::Secret("require");
    }
    set_default(parameters, "application_name", "stagedoor");
    set_default(parameters, "gssencmode", "disable");  // Kerberos would block
    set_default(parameters, "tcp_user_timeout", "10000");
    if (names.size() > 1) set_default(parameters, "target_session_attrs", "read-write");
    parameters["client_encoding"] = base::Secret("UTF8");
    parameters.erase("connect_timeout");
    return target;
}

}  // namespace stagedoor::store
