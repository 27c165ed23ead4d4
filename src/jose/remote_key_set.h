#pragma once

#include "base/clock.h"
#include "jose/key_set.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace stagedoor::jose {

struct RemoteKeySetPolicy {
    // Keys older than this are fetched again beside their use.
    std::chrono::seconds refresh_after{15 * 60};
    // Keys older than this are used no more, although they could not be fetched again.
    std::chrono::seconds use_until{24 * 60 * 60};
    // How often tokens that name unknown keys (anybody can make those up) can make us fetch: `burst` times at
    // once, and then once per interval.
    std::chrono::seconds fetch_interval{30};
    unsigned burst = 3;
    // The pause after a failed fetch while there are keys to go on with.
    std::chrono::seconds retry_after_failure{30};
};

enum class KeySetAction : std::uint8_t {
    use,              // keys() has what is needed
    use_and_refresh,  // the same, and it is time to fetch anew, without waiting for it
    fetch,            // nothing can be verified before a fetch: make one, or wait for the one under way
    refuse,           // the key is unknown, and too many fetches have been made for such: refuse the token
};

// When to fetch the keys of an issuer: on first use, before they get old, and for a kid that is not among
// them (keys rotate without notice; OpenID Connect Core 1.0, section 10.1.1). It decides and remembers; it
// does not fetch:
//
//     switch (remote.decide(kid, now)) {
//         case fetch: fetch and wait; then keys(), whatever they are: a kid that is still unknown is refused
//         case use_and_refresh: start a fetch
//         ...
//
// where a fetch is started(), the request, and fetched() or failed(). One that is cancelled is forgotten
// after a minute. Not safe to use from several threads at once.
class RemoteKeySet {
 public:
    explicit RemoteKeySet(RemoteKeySetPolicy policy = {});

    // `kid`: of the token's header, or nothing if it names none.
    [[nodiscard]] KeySetAction decide(std::optional<std::string_view> kid, base::SteadyTime now);
    // For a token without kid, or whose kid has a new key, that verified with none of the keys at hand: is it
    // worth a fetch, and another try? Answers fetch or refuse.
    [[nodiscard]] KeySetAction after_failed_verification(base::SteadyTime now);

    void started(base::SteadyTime now);
    void fetched(KeySet keys, base::SteadyTime now);
    void failed(base::SteadyTime now);

    // Null before the first fetch, and once they are too old to be used.
    [[nodiscard]] std::shared_ptr<const KeySet> keys(base::SteadyTime now) const;

 private:
    [[nodiscard]] KeySetAction fetch_if_admitted(base::SteadyTime now);

    [[nodiscard]] bool is_under_way(base::SteadyTime now) const;

    RemoteKeySetPolicy policy_;
    std::shared_ptr<const KeySet> keys_;
    base::SteadyTime fetched_at_;
    std::optional<base::SteadyTime> started_at_;  // of the fetch under way
    std::optional<base::SteadyTime> failed_at_;   // of the last fetch, if it failed
    base::SteadyTime admitted_until_;             // see fetch_if_admitted
};

}  // namespace stagedoor::jose
