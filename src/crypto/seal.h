#pragma once

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stagedoor::crypto {

// Where a sealed value belongs. It is authenticated with the value (each part with its length), so that a
// value made for one place can't be opened at another.
struct SealContext {
    std::string_view purpose;  // "state", "flow", "session", ...
    std::string_view provider;
    std::string_view environment;
};

// Authenticated encryption under a ring of keys: the newest seals, all of them open.
// AES-256-GCM (NIST SP 800-38D). The key of each message is derived with HKDF-SHA256 (RFC 5869) from the
// ring's key and a random salt in the message, so that random nonces stay safe at any number of messages.
// Immutable after construction, and safe to use from any thread.
class KeyRing {
 public:
    // `secrets`: at least one, newest first, of any length. Throws std::invalid_argument if there is none or
    // one is empty.
    explicit KeyRing(std::span<const base::Secret> secrets);
    ~KeyRing();
    KeyRing(KeyRing&&) noexcept;
    KeyRing& operator=(KeyRing&&) noexcept;
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;

    // base64url text of ceil(4/3 * (plaintext + 49)) characters: 49 octets are the format's own.
    [[nodiscard]] std::string seal(
        const SealContext& context, std::string_view plaintext, base::Random& random
    ) const;

    // So many characters at the beginning of a sealed value are its own: no other begins with them.
    static constexpr std::size_t kDistinctSize = 44;

    struct Opened {
        base::Secret plaintext;
        bool newest_key;  // false: sealed with an older key, and worth being sealed anew
    };
    // Error: seal.invalid for anything that seal() did not make for this context with a key of this ring; the
    // message does not say which it was.
    [[nodiscard]] base::Result<Opened> open(const SealContext& context, std::string_view sealed) const;

 private:
    struct Key;
    std::vector<Key> keys_;
};

}  // namespace stagedoor::crypto
