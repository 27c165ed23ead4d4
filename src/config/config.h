#pragma once

#include "base/origin_pattern.h"
#include "base/secret.h"
#include "base/url.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// What an app-config.yaml says, as plain values. Every value here was checked by load() (config/load.h). A
// field that is a std::optional was not given: its default belongs to the part that uses it, or is named
// beside the field. All keys are described in docs/configuration.md.
namespace stagedoor::config {

using Duration = std::chrono::milliseconds;

// backend.listen
struct Listen {
    std::string host;  // name or address, IPv6 without brackets; empty: all interfaces
    std::uint16_t port = 7007;
};

// backend.https.certificate: PEM text, as Backstage has it.
struct CertificateText {
    std::string cert;  // the chain, leaf first
    base::Secret key;
};

// backend.https.certificateFile and keyFile: read again when the files change. The paths are absolute.
struct CertificateFiles {
    std::filesystem::path cert;
    std::filesystem::path key;
};

// backend.cors; absent or false: no CORS fields at all.
struct Cors {
    std::vector<base::OriginPattern> origins;
    std::optional<std::vector<std::string>> methods;          // default GET, HEAD, PUT, PATCH, POST, DELETE
    std::optional<std::vector<std::string>> allowed_headers;  // default: what the preflight asks for
    std::vector<std::string> exposed_headers;
    bool credentials = false;
    std::optional<std::chrono::seconds> max_age;
    bool preflight_continue = false;
    std::uint16_t options_success_status = 204;
};

// backend.csp: a directive and its sources; no value means `false`, which removes the directive.
using CspOverrides = std::map<std::string, std::optional<std::vector<std::string>>, std::less<>>;

// backend.limits: see http/server/settings.h for the meaning and the default of each.
struct Limits {
    std::optional<std::size_t> header_bytes;
    std::optional<std::size_t> header_count;
    std::optional<std::size_t> target_bytes;
    std::optional<std::size_t> body_bytes;
    std::optional<std::size_t> connections;  // of one event loop
    std::optional<std::size_t> requests_per_connection;
    std::optional<Duration> idle_timeout;
    std::optional<Duration> header_timeout;
    std::optional<Duration> byte_timeout;
    std::optional<Duration> request_timeout;
    std::optional<Duration> handler_timeout;
    std::optional<Duration> write_timeout;
};

// backend.client: how providers are reached.
struct Client {
    std::optional<std::filesystem::path> ca_file;  // PEM, instead of the system's; absolute
    std::optional<std::filesystem::path> certificate_file{
    };  // PEM, shown to servers that ask for one; absolute
    std::optional<std::filesystem::path> key_file;
    base::Secret proxy;    // may hold a password; empty: HTTPS_PROXY or ALL_PROXY of the environment
    std::string no_proxy;  // empty: NO_PROXY of the environment
    std::optional<Duration> connect_timeout;
};

// backend.database.connection.ssl
struct DatabaseTls {
    bool verify = true;
    std::string ca;  // PEM; empty: the system's
    std::string cert;
    base::Secret key;
};

// backend.database, as the plugin `auth` has it; only with auth.session.store: postgres.
struct Database {
    std::string client;
    base::Secret connection_string;  // empty: what follows
    std::string host;
    std::optional<std::uint16_t> port;
    std::string user;
    base::Secret password;
    std::string name;  // of the database; empty only if the connection string names it
    // No value: not said. False: none.
    std::optional<std::variant<bool, DatabaseTls>> tls;
    bool ensure_exists = true;
};

struct Backend {
    base::Url base_url;
    Listen listen{};
    // No value: plain HTTP.
    std::optional<std::variant<CertificateText, CertificateFiles>> https{};
    std::optional<Cors> cors{};
    CspOverrides csp{};
    std::optional<std::string> referrer_policy{};     // default no-referrer
    Duration startup_pause{std::chrono::seconds(5)};  // backend.lifecycle.startupRequestPauseTimeout
    Duration drain{std::chrono::seconds(20)};         // backend.lifecycle.serverShutdownTimeout
    Limits limits{};
    Client client{};
    Database database{};
};

enum class ClientAuthentication : std::uint8_t { client_secret_basic, client_secret_post, none };
enum class ResponseMode : std::uint8_t { query, form_post };

// endpoints of a provider's environment: each one replaces the provider's own.
struct Endpoints {
    std::optional<std::string> issuer;  // as written: issuers are compared byte by byte
    std::optional<base::Url> authorization;
    std::optional<base::Url> token;
    std::optional<base::Url> userinfo;
    std::optional<base::Url> revocation;
    std::optional<base::Url> jwks;
};

// auth.providers.{id}.{environment}
struct ProviderEnvironment {
    std::string name;  // the environment: "development"
    std::string client_id;
    base::Secret client_secret;                  // empty only with ClientAuthentication::none
    std::optional<std::string> callback_url;     // as written: redirect URIs are compared byte by byte
    std::vector<std::string> additional_scopes;  // split, in the order given
    std::optional<Duration> session_duration;    // default 1000 days
    std::optional<ClientAuthentication> token_endpoint_auth_method;  // default: what the provider asks for
    std::optional<ResponseMode> response_mode;                       // default query
    Duration profile_max_age{std::chrono::hours(1)};
    Duration timeout{std::chrono::seconds(10)};  // its own, else backend.client.timeout, else this
    Endpoints endpoints;

    // github
    std::optional<base::Url> enterprise_instance_url;
    // oauth2
    std::optional<base::Url> authorization_url;
    std::optional<base::Url> token_url;
    bool include_basic_auth = false;
    bool disable_refresh = false;
    // oidc
    std::optional<base::Url> metadata_url;                 // absent only if endpoints name all that is needed
    std::optional<std::string> token_signed_response_alg;  // default RS256
    std::optional<std::string> prompt;                     // absent or "auto": none is sent
    std::map<std::string, std::string> start_url_search_params;
};

// One entry of auth.providers whose function is in effect.
struct Provider {
    std::string id;  // "google"
    std::vector<ProviderEnvironment> environments;
};

// auth.logout.revocation: what becomes of the provider's token when a user signs out.
enum class Revocation : std::uint8_t { after, skip };

// auth.session.mode
enum class SessionMode : std::uint8_t { cookie, store };

// auth.session.store
enum class StoreKind : std::uint8_t { sqlite, postgres };

struct Auth {
    std::vector<base::Secret> session_secrets;  // newest first; empty: none configured
    std::vector<base::OriginPattern> extra_allowed_origins;
    bool announce_origin = true;                 // auth.popup.announceOrigin
    Revocation revocation = Revocation::after;   // auth.logout.revocation
    SessionMode mode = SessionMode::cookie;      // auth.session.mode
    StoreKind store = StoreKind::sqlite;         // auth.session.store
    bool accept_unsealed_cookies = false;        // auth.session.acceptUnsealedCookies
    std::optional<Duration> replay_window{};     // auth.session.replayWindow; default 10 minutes
    std::optional<Duration> lease{};             // auth.session.lease; default 10 seconds
    std::optional<Duration> idle_timeout{};      // auth.session.idleTimeout; default: none
    std::optional<Duration> absolute_timeout{};  // auth.session.absoluteTimeout; default: none
    std::vector<Provider> providers;             // by id
};

struct Config {
    base::Url app_base_url;
    Backend backend;
    Auth auth{};
    // discovery.endpoints has another external address for this service; `{{pluginId}}` is filled in.
    std::optional<base::Url> discovered_auth_url{};
};

// Where browsers reach this service: the discovered address, else {backend.baseUrl}/api/auth. No trailing
// slash.
[[nodiscard]] std::string auth_base_url(const Config& config);

// The redirect URI to register at the provider: callbackUrl as written, else
// {auth_base_url}/{provider}/handler/frame.
[[nodiscard]] std::string callback_url(
    const Config& config, std::string_view provider, const ProviderEnvironment& environment
);

// True for the origin of app.baseUrl and for those that auth.experimentalExtraAllowedOrigins admits.
[[nodiscard]] bool is_allowed_origin(const Config& config, const base::Origin& origin);

}  // namespace stagedoor::config
