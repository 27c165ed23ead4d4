#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/task.h"
#include "http/client/client.h"
#include "jose/remote_key_set.h"
#include "oauth/id_token.h"
#include "oauth/metadata.h"
#include "provider/settings.h"
#include "provider/shared_run.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace stagedoor::provider {

// How a part of this folder reaches the network.
struct Network {
    base::Executor executor;
    http::Client& client;
    const base::Clock& clock;
    base::Log& log;
};

// What a provider says about itself: its endpoints and its keys. Both are fetched when they are first needed,
// kept, and fetched anew beside their use; a failed fetch leaves what was known before in use, and is retried
// in the background. Belongs to one loop.
class Issuer {
 public:
    struct Source {
        std::string label;                        // for the log: "google/production"
        std::optional<std::string> metadata_url;  // nothing: the endpoints below are all there is
        Endpoints endpoints;                      // each one wins over the metadata
        bool allow_loopback_http = false;
        std::chrono::milliseconds timeout{10'000};
    };

    Issuer(Source source, Network network);

    // Errors: those of oauth/metadata.h and of http::Client, all with a time to retry after, as long as the
    // metadata were never read.
    [[nodiscard]] base::Task<base::Result<std::shared_ptr<const oauth::Metadata>>> metadata();

    // oauth::verify_id_token with this issuer's keys, fetched (again) where the token needs it.
    // `expected.issuers` is completed with this issuer. Further error: jwks.unavailable, of status 503:
    // nothing can be said of the token.
    [[nodiscard]] base::Task<base::Result<oauth::VerifiedIdToken>> verify(
        std::string id_token, base::Secret client_secret, oauth::IdTokenExpectations expected
    );

 private:
    [[nodiscard]] bool is_stale() const;
    base::Task<> fetch_metadata();
    base::Task<> retry_metadata(std::chrono::seconds pause);
    base::Task<> fetch_keys();
    base::Result<oauth::Metadata> judge_metadata(const http::ClientResponse& response) const;
    void apply_overrides(oauth::Metadata& metadata) const;
    void start_key_fetch();
    [[nodiscard]] http::ClientRequest prepare(http::ClientRequest request) const;

    Source source_;
    Network network_;
    std::shared_ptr<const oauth::Metadata> metadata_;
    base::SteadyTime metadata_read_at_;
    std::optional<base::Error> metadata_error_;  // of the last fetch, if it failed
    std::chrono::seconds retry_pause_;
    bool retry_scheduled_ = false;
    SharedRun metadata_run_;
    jose::RemoteKeySet keys_;
    std::optional<base::Error> keys_error_;
    SharedRun keys_run_;
};

}  // namespace stagedoor::provider
