#include "provider/issuer.h"

#include "base/timer.h"
#include "crypto/algorithm.h"
#include "jose/errors.h"
#include "jose/jws.h"
#include "oauth/errors.h"
#include "oauth/key_set_request.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>

namespace stagedoor::provider {

namespace {

// Metadata older than this are read again, beside their use.
constexpr std::chrono::hours kMetadataLifetime{1};
constexpr std::chrono::seconds kFirstRetryPause{1};
constexpr std::chrono::seconds kLongestRetryPause{60};

oauth::Metadata metadata_of(const Endpoints& endpoints) {
    oauth::Metadata metadata;
    metadata.issuer = endpoints.issuer.value_or("");
    metadata.authorization_endpoint = endpoints.authorization.value_or("");
    metadata.token_endpoint = endpoints.token.value_or("");
    metadata.userinfo_endpoint = endpoints.userinfo;
    metadata.revocation_endpoint = endpoints.revocation;
    metadata.jwks_uri = endpoints.jwks;
    return metadata;
}

base::Error retryable(base::Error error) {
    if (error.retry_after()) return error;
    return std::move(error).retry_in(std::chrono::seconds(5));
}

}  // namespace

Issuer::Issuer(Source source, Network network)
    : source_(std::move(source)),
      network_(network),
      retry_pause_(kFirstRetryPause),
      metadata_run_(network.executor),
      keys_run_(network.executor) {
    if (!source_.metadata_url)
        metadata_ = std::make_shared<const oauth::Metadata>(metadata_of(source_.endpoints));
}

bool Issuer::is_stale() const {
    return source_.metadata_url && network_.clock.steady() - metadata_read_at_ > kMetadataLifetime;
}

base::Task<base::Result<std::shared_ptr<const oauth::Metadata>>> Issuer::metadata() {
    if (!metadata_ || is_stale()) {
        if (!metadata_run_.running() && !(metadata_ && retry_scheduled_)) {
            metadata_run_.start([this] { return fetch_metadata(); });
        }
    }
    if (!metadata_) co_await metadata_run_.wait();
    if (metadata_) co_return metadata_;
    if (metadata_error_) co_return base::fail(*metadata_error_);
    co_return base::fail(oauth::errors::kMetadataUnavailable, "The provider's metadata could not be read");
}

base::Task<> Issuer::fetch_metadata() {
    const auto response =
        co_await network_.client.send(prepare(oauth::metadata_request(*source_.metadata_url)));
    auto metadata = response ? judge_metadata(*response) : base::fail(response.error());
    if (metadata) {
        metadata_ = std::make_shared<const oauth::Metadata>(std::move(*metadata));
        metadata_read_at_ = network_.clock.steady();
        metadata_error_.reset();
        retry_pause_ = kFirstRetryPause;
        network_.log.info("provider.metadata_read", {{"provider", source_.label}});
        co_return;
    }
    metadata_error_ = retryable(std::move(metadata.error()));
    network_.log.warning(
        "provider.metadata_failed",
        {{"provider", source_.label},
         {"error", metadata_error_->code()},
         {"reason", metadata_error_->describe()},
         {"known_before", metadata_ != nullptr}}
    );
    if (!retry_scheduled_) {
        retry_scheduled_ = true;
        boost::asio::co_spawn(network_.executor, retry_metadata(retry_pause_), boost::asio::detached);
        retry_pause_ = std::min(retry_pause_ * 2, kLongestRetryPause);
    }
}

base::Task<> Issuer::retry_metadata(std::chrono::seconds pause) {
    base::Timer timer(network_.executor, pause);
    const auto [cancelled] = co_await timer.async_wait(base::kAwait);
    retry_scheduled_ = false;
    if (cancelled || (metadata_ && !is_stale())) co_return;
    metadata_run_.start([this] { return fetch_metadata(); });
}

base::Result<oauth::Metadata> Issuer::judge_metadata(const http::ClientResponse& response) const {
    const oauth::MetadataExpectations expected{
        .issuer_or_metadata_url = *source_.metadata_url,
        .issuer = source_.endpoints.issuer,
        .allow_loopback_http = source_.allow_loopback_http,
    };
    STAGEDOOR_TRY(auto metadata, oauth::process_metadata_response(response, expected, network_.clock.now()));
    apply_overrides(metadata);
    return metadata;
}

void Issuer::apply_overrides(oauth::Metadata& metadata) const {
    const auto& endpoints = source_.endpoints;
    if (endpoints.authorization) metadata.authorization_endpoint = *endpoints.authorization;
    if (endpoints.token) metadata.token_endpoint = *endpoints.token;
    if (endpoints.userinfo) metadata.userinfo_endpoint = endpoints.userinfo;
    if (endpoints.revocation) metadata.revocation_endpoint = endpoints.revocation;
    if (endpoints.jwks) metadata.jwks_uri = endpoints.jwks;
}

void Issuer::start_key_fetch() {
    if (keys_run_.running()) return;
    keys_.started(network_.clock.steady());
    keys_run_.start([this] { return fetch_keys(); });
}

base::Task<> Issuer::fetch_keys() {
    auto known = co_await metadata();
    base::Result<jose::KeySet> keys =
        base::fail(oauth::errors::kKeysUnavailable, "The provider publishes no keys");
    if (!known) {
        keys = base::fail(known.error());
    } else if ((*known)->jwks_uri) {
        const auto response =
            co_await network_.client.send(prepare(oauth::key_set_request(*(*known)->jwks_uri)));
        keys = response ? oauth::process_key_set_response(*response, network_.clock.now())
                        : base::fail(response.error());
    }
    if (keys) {
        keys_.fetched(std::move(*keys), network_.clock.steady());
        keys_error_.reset();
        co_return;
    }
    keys_.failed(network_.clock.steady());
    keys_error_ =
        retryable(base::Error(oauth::errors::kKeysUnavailable, "The provider's keys could not be read")
                      .caused_by(keys.error()));
    network_.log.warning(
        "provider.keys_failed",
        {{"provider", source_.label}, {"error", keys_error_->code()}, {"reason", keys_error_->describe()}}
    );
}

base::Task<base::Result<oauth::VerifiedIdToken>> Issuer::verify(
    std::string id_token, base::Secret client_secret, oauth::IdTokenExpectations expected
) {
    auto known = co_await metadata();
    if (!known) co_return base::fail(known.error());
    expected.issuers.insert(expected.issuers.begin(), (*known)->issuer);
    STAGEDOOR_CO_TRY(const auto jws, jose::Jws::parse(id_token));

    const auto algorithm = jose::parse_algorithm(jws.header().alg);
    if (algorithm && crypto::is_symmetric(*algorithm)) {
        // The client secret is the key, if such an algorithm was configured at all: nothing to fetch.
        co_return oauth::verify_id_token(
            id_token, {.keys = nullptr, .client_secret = &client_secret}, expected
        );
    }
    const auto action = keys_.decide(jws.header().kid, network_.clock.steady());
    if (action == jose::KeySetAction::fetch || action == jose::KeySetAction::use_and_refresh)
        start_key_fetch();
    if (action == jose::KeySetAction::fetch) co_await keys_run_.wait();

    for (bool again = false;; again = true) {
        const auto keys = keys_.keys(network_.clock.steady());
        if (!keys && keys_error_) co_return base::fail(*keys_error_);
        auto verified =
            oauth::verify_id_token(id_token, {.keys = keys.get(), .client_secret = &client_secret}, expected);
        if (verified || again) co_return verified;
        // Keys rotate without notice, and some providers use a kid twice.
        const bool other_keys_could_help = verified.error().is(jose::errors::kJwsKeyNotFound) ||
                                           verified.error().is(jose::errors::kJwsSignatureInvalid);
        if (!other_keys_could_help ||
            keys_.after_failed_verification(network_.clock.steady()) != jose::KeySetAction::fetch) {
            co_return verified;
        }
        start_key_fetch();
        co_await keys_run_.wait();
    }
}

http::ClientRequest Issuer::prepare(http::ClientRequest request) const {
    request.deadline = source_.timeout;
    request.allow_loopback_http = source_.allow_loopback_http;
    return request;
}

}  // namespace stagedoor::provider
