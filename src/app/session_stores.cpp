#include "app/session_stores.h"

#include "app/data_folder.h"
#include "store/errors.h"
#include "store/sqlite_store.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/core.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

namespace stagedoor::app {

namespace {

std::runtime_error unusable(const std::string& place, const base::Error& error) {
    return std::runtime_error(fmt::format("Can't use the session store {}: {}", place, error.describe()));
}

std::shared_ptr<store::SqliteEngine> open_file(
    const std::optional<std::filesystem::path>& data,
    store::OlderTables older,
    const base::Clock& clock,
    base::Log& log
) {
    const auto folder = data_folder(data);
    store::SqliteSettings settings;
    settings.file = folder / "sessions.sqlite";
    if (older == store::OlderTables::migrate) {
        make_data_folder(folder);
    } else if (!std::filesystem::exists(settings.file)) {
        throw std::runtime_error(fmt::format(
            "There is no session store {}: the service makes it when it starts", settings.file.string()
        ));
    }
    settings.older_tables = older;
    auto engine = store::SqliteEngine::open(settings, clock, log);
    if (!engine) throw unusable(settings.file.string(), engine.error());
    return std::move(*engine);
}

// libpq before version 16 has no word for the authorities of the system.
std::string system_authorities() {
    if (const char* file = std::getenv("SSL_CERT_FILE"); file != nullptr) return file;
    constexpr std::array kPlaces{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"};
    for (const auto* place : kPlaces) {
        if (std::filesystem::exists(place)) return place;
    }
    return "/etc/ssl/cert.pem";
}

// Whether the database will have us. Throws if it will not; if it can't be asked, that is in the log.
void require_acceptance(
    const store::PostgresSettings& settings, const store::PostgresTarget& target, base::Log& log
) {
    boost::asio::io_context loop;
    store::PostgresStore store(loop.get_executor(), settings, target, log);
    std::optional<base::Result<void>> reached;
    boost::asio::co_spawn(loop, store.reach(), [&](const std::exception_ptr&, base::Result<void> result) {
        reached.emplace(std::move(result));
    });
    while (!reached && loop.run_one() > 0) {
    }
    if (!reached || *reached) return;
    const auto& error = reached->error();
    const bool for_good = error.is(store::errors::kRefused) || error.is(store::errors::kSchemaNewer) ||
                          error.is(store::errors::kSchemaOlder);
    if (for_good) throw unusable(target.place(), error);
}

}  // namespace

SessionStores::Postgres SessionStores::postgres(const config::Database& database, store::OlderTables older) {
    Postgres postgres;
    auto& settings = postgres.settings;
    settings.connection_string = database.connection_string;
    settings.create_database = database.ensure_exists;
    settings.older_tables = older;
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty()) settings.parameters[name] = base::Secret(value);
    };
    const auto set_file = [&](const char* name, const std::string& pem) {
        if (pem.empty()) return;
        postgres.files.push_back(std::make_unique<MemoryFile>(pem));
        set(name, postgres.files.back()->path());
    };
    set("host", database.host);
    if (database.port) set("port", std::to_string(*database.port));
    set("user", database.user);
    set("password", database.password.reveal());
    set("dbname", database.name);
    if (const auto* tls = database.tls ? std::get_if<config::DatabaseTls>(&*database.tls) : nullptr) {
        set("sslmode", tls->verify ? "verify-full" : "require");
        set_file("sslcert", tls->cert);
        set_file("sslkey", tls->key.reveal());
        // With a file of authorities, libpq would check the certificate in any case.
        if (tls->verify && tls->ca.empty()) set("sslrootcert", system_authorities());
        if (tls->verify) set_file("sslrootcert", tls->ca);
    } else if (database.tls) {
        set("sslmode", "disable");
    }
    auto target = store::postgres_target(settings);
    if (!target) throw std::runtime_error(target.error().message());
    postgres.target = std::move(*target);
    return postgres;
}

SessionStores::SessionStores(
    const config::Config& config,
    const std::optional<std::filesystem::path>& data,
    store::OlderTables older,
    const base::Clock& clock,
    base::Log& log
)
    : log_(log) {
    if (config.auth.store == config::StoreKind::sqlite) {
        sqlite_ = open_file(data, older, clock, log);
        return;
    }
    postgres_ = postgres(config.backend.database, older);
    require_acceptance(postgres_->settings, postgres_->target, log);
}

std::unique_ptr<session::Store> SessionStores::make(base::Executor executor) const {
    if (sqlite_) return std::make_unique<store::SqliteStore>(std::move(executor), sqlite_);
    return std::make_unique<store::PostgresStore>(
        std::move(executor), postgres_->settings, postgres_->target, log_
    );
}

}  // namespace stagedoor::app
