#include "app/serve.h"

#include "app/data_folder.h"
#include "app/memory_file.h"
#include "app/problems.h"
#include "app/session_stores.h"
#include "app/settings.h"
#include "app/worker.h"
#include "config/load.h"
#include "telemetry/log.h"

#include <fmt/core.h>

#include <csignal>
#include <sys/resource.h>
#include <thread>
#include <utility>

namespace stagedoor::app {

namespace {

// A certificate that is given as text is handed over as a file; that has to stay as long as it may be read.
struct Tls {
    std::vector<std::unique_ptr<MemoryFile>> files;
    std::shared_ptr<crypto::TlsContext> context;
};

Tls make_tls(const config::Backend& backend, base::Log& log, const base::Clock& clock) {
    Tls tls;
    if (!backend.https) return tls;
    if (const auto* files = std::get_if<config::CertificateFiles>(&*backend.https)) {
        tls.context =
            std::make_shared<crypto::TlsContext>(files->cert.string(), files->key.string(), log, clock);
        return tls;
    }
    const auto& text = std::get<config::CertificateText>(*backend.https);
    tls.files.push_back(std::make_unique<MemoryFile>(text.cert));
    tls.files.push_back(std::make_unique<MemoryFile>(text.key.reveal()));
    tls.context =
        std::make_shared<crypto::TlsContext>(tls.files[0]->path(), tls.files[1]->path(), log, clock);
    return tls;
}

crypto::KeyRing make_keys(
    const config::Auth& auth, const ServeOptions& options, base::Log& log, base::Random& random
) {
    if (!auth.session_secrets.empty()) return crypto::KeyRing(auth.session_secrets);
    const auto kept = keep_secret(data_folder(options.data), random);
    log.info(
        kept.is_new ? "secret.made" : "secret.read",
        {{"file", kept.file.native()},
         {"hint", "auth.session.secret is not set: several replicas need one that they share"}}
    );
    return crypto::KeyRing({&kept.secret, 1});
}

void report(const config::Loaded& loaded, base::Log& log) {
    for (const auto& warning : loaded.warnings)
        log.warning("config.warning", {{"text", warning.to_string()}});
    for (const auto& [path, reason] : loaded.not_in_effect) {
        log.warning("config.not_in_effect", {{"key", path}, {"reason", reason}});
    }
}

// Signals come to the thread that waits for them, and to no other.
sigset_t block_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    return signals;
}

// Every connection is a descriptor, and the usual limit of 1024 is meant for programs that use select().
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

// Waits for the end: a first signal is a request, a second one an order.
void run(
    std::vector<std::unique_ptr<Worker>>& workers,
    std::atomic<flow::Phase>& phase,
    const sigset_t& signals,
    std::chrono::milliseconds drain,
    base::Log& log
) {
    std::vector<std::jthread> threads;
    threads.reserve(workers.size());
    for (const auto& worker : workers) threads.emplace_back([&worker] { worker->run(); });
    phase = flow::Phase::serving;

    int signal = 0;
    sigwait(&signals, &signal);
    log.info(
        "server.stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}, {"limit_ms", drain.count()}}
    );
    phase = flow::Phase::draining;
    for (const auto& worker : workers) worker->stop(drain);
    pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // from here on a signal ends the process
}

int start(
    const ServeOptions& options, const config::Loaded& loaded, const sigset_t& signals, base::Log& log
) {
    raise_descriptor_limit();
    base::RealClock clock;
    crypto::SystemRandom random;
    const auto& config = loaded.config;
    report(loaded, log);

    const auto keys = make_keys(config.auth, options, log, random);
    const flow::AllowedOrigins origins(config.app_base_url.origin(), config.auth.extra_allowed_origins);
    session::RotationShared rotation;
    provider::CircuitBreakers breakers(clock);
    const SessionStores stores(config, options.data, store::OlderTables::migrate, clock, log);
    std::atomic<flow::Phase> phase{flow::Phase::starting};
    const Shared shared{
        .clock = clock,
        .log = log,
        .keys = keys,
        .rotation = rotation,
        .rotation_settings = rotation_settings(config.auth),
        .breakers = breakers,
        .stores = stores,
        .origins = origins,
        .phase = phase,
        .cookie_form = config.auth.mode == config::SessionMode::store ? session::CookieForm::handle
                                                                      : session::CookieForm::record,
        .announce_origin = config.auth.announce_origin,
        .limits = server_limits(config.backend.limits),
        .client = client_settings(config.backend.client),
        .providers = provider_settings(config),
        .service = service_settings(config),
    };
    auto tls = make_tls(config.backend, log, clock);
    auto address = listen_address(config.backend.listen);
    if (address.port != 0) http::Server::require_free(address);

    std::vector<std::unique_ptr<Worker>> workers;
    for (unsigned i = 0; i < options.threads; ++i) {
        auto& worker = workers.emplace_back(std::make_unique<Worker>(shared));
        worker->listen(address, tls.context);
        address.port = worker->port();
    }
    workers.front()->keep_store_swept();
    log.info(
        "server.started",
        {{"version", STAGEDOOR_VERSION},
         {"listen", fmt::format("{}:{}", address.host, address.port)},
         {"tls", tls.context != nullptr},
         {"base_url", shared.service.base_url},
         {"threads", static_cast<std::int64_t>(options.threads)}}
    );
    run(workers, phase, signals, config.backend.drain, log);
    log.info("server.stopped");
    return 0;
}

}  // namespace

int serve(const ServeOptions& options) {
    const auto loaded = config::load(options.config_files, config::process_environment());
    if (!loaded) {
        print_problems(loaded.error());
        return 1;
    }
    // Before the first thread, the log's: every thread inherits the mask, and one without it would take a
    // signal and end the process on the spot.
    const auto signals = block_signals();
    const base::RealClock clock;
    telemetry::AsyncLog log({.format = options.log_format, .level = options.log_level}, clock);
    try {
        return start(options, *loaded, signals, log);
    } catch (const std::exception& error) {
        log.error("server.failed", {{"reason", error.what()}});
        return 1;
    }
}

}  // namespace stagedoor::app
