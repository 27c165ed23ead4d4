#include "config/read.h"
#include "config/take.h"

namespace stagedoor::config {
namespace {

// Lays a section (backend.database, or plugin.auth of it) over what was read before.
void read_section(const Value& section, Database& database) {
    take(section, "client", to_text, database.client);
    take(section, "ensureExists", to_flag, database.ensure_exists);
    const Value* connection = find_path(section, "connection");
    if (connection == nullptr) return;
    if (connection->text() != nullptr) {
        // The whole of it: nothing of an object that this one replaces.
        Database replaced;
        replaced.client = database.client;
        replaced.ensure_exists = database.ensure_exists;
        replaced.connection_string = base::Secret(*connection->text());
        database = std::move(replaced);
        return;
    }
    std::string password;
    take(*connection, "host", to_text, database.host);
    take(*connection, "port", to_whole_number, database.port);
    take(*connection, "user", to_text, database.user);
    take(*connection, "password", to_text, password);
    take(*connection, "database", to_text, database.name);
    if (!password.empty()) database.password = base::Secret(std::move(password));

    const Value* ssl = find_path(*connection, "ssl");
    if (ssl == nullptr) return;
    if (const auto flag = to_flag(*ssl)) {
        database.tls = *flag ? std::variant<bool, DatabaseTls>(DatabaseTls{}) : false;
        return;
    }
    DatabaseTls tls;
    std::string key;
    take(*ssl, "rejectUnauthorized", to_flag, tls.verify);
    take(*ssl, "ca", to_text, tls.ca);
    take(*ssl, "cert", to_text, tls.cert);
    take(*ssl, "key", to_text, key);
    tls.key = base::Secret(std::move(key));
    database.tls = std::move(tls);
}

}  // namespace

Database read_database(const Value& root) {
    Database database;
    const Value* section = find_path(root, "backend.database");
    if (section == nullptr) return database;
    read_section(*section, database);
    if (const Value* plugin = find_path(*section, "plugin.auth")) read_section(*plugin, database);
    if (!database.name.empty() || !database.connection_string.empty()) return database;
    database.name = "backstage_plugin_";
    take(*section, "prefix", to_text, database.name);
    database.name += "auth";
    return database;
}

}  // namespace stagedoor::config
