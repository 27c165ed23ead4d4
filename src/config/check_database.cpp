#include "config/cross_checks.h"

namespace stagedoor::config {

void check_database(const Config& config, const Value& root, Findings& findings) {
    if (config.auth.store != StoreKind::postgres || findings.has_error_at("backend.database")) return;
    const auto error = [&](std::string_view path, std::string message) {
        findings.error(place_of(root, path), path, std::move(message));
    };
    const auto& database = config.backend.database;
    if (database.client.empty()) {
        return error(
            "auth.session.store",
            "is postgres, so backend.database must say where: client: pg, and a connection"
        );
    }
    if (database.client != "pg") {
        return error("backend.database.client", "must be pg, as auth.session.store is postgres");
    }
    if (find_path(root, "backend.database.connection.type") != nullptr) {
        return error(
            "backend.database.connection.type", "is not supported: give host, user and password, or a string"
        );
    }
    const auto* tls = database.tls ? std::get_if<DatabaseTls>(&*database.tls) : nullptr;
    if (tls == nullptr) return;
    if (tls->cert.empty() != tls->key.empty()) {
        error("backend.database.connection.ssl", "needs both cert and key, or none of them");
    }
    for (const auto* pem : {&tls->ca, &tls->cert, &tls->key.reveal()}) {
        if (pem->empty() || pem->find("-----BEGIN ") != std::string::npos) continue;
        error(
            "backend.database.connection.ssl",
            "holds something that is no PEM text; to name a file, write $file"
        );
    }
    if (!tls->verify) {
        findings.warning(
            place_of(root, "backend.database.connection.ssl.rejectUnauthorized"),
            "backend.database.connection.ssl.rejectUnauthorized",
            "is false: whoever is between here and the database can read and change sessions"
        );
    }
}

}  // namespace stagedoor::config
