#include "crypto/seal.h"

#include "base/encoding.h"
#include "crypto/errors.h"
#include "crypto/hkdf.h"
#include "crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <array>
#include <optional>
#include <stdexcept>

namespace stagedoor::crypto {
namespace {

using openssl::require;

// A sealed value, before base64url:
//   version 1 | key id 4 | salt 16 | nonce 12 | ciphertext, as long as the plaintext | tag 16
constexpr char kVersion = 1;
constexpr std::size_t kKeyIdSize = 4;
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;
constexpr std::size_t kHeaderSize = 1 + kKeyIdSize + kSaltSize + kNonceSize;
constexpr std::size_t kMessageKeySize = 32;
// Salt and nonce are in them, as base64url.
static_assert(kHeaderSize / 3 * 4 == KeyRing::kDistinctSize);

// Keeps the keys of this format apart from whatever else the operator's secret may be used for.
constexpr std::string_view kExtractSalt = "stagedoor seal 1";
constexpr std::string_view kKeyIdInfo = "key id";
constexpr std::string_view kMessageKeyInfo = "message key";

EVP_CIPHER* cipher() {
    static const openssl::Cipher method(EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr));
    require(method != nullptr, "fetching AES-256-GCM");
    return method.get();
}

void append_with_length(std::string& out, std::string_view part) {
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(part.size() >> shift));
    out.append(part);
}

// Each part goes in with its length, or "a" beside "bc" would be the same as "ab" beside "c".
std::string associated_data(const SealContext& context) {
    std::string out;
    out.reserve(13 + context.purpose.size() + context.provider.size() + context.environment.size());
    out.push_back(kVersion);
    append_with_length(out, context.purpose);
    append_with_length(out, context.provider);
    append_with_length(out, context.environment);
    return out;
}

// HMAC-SHA256 with its key already in: a copy of the context is all that a message costs.
openssl::MacContext prepare_mac(const base::Secret& key) {
    static const openssl::Mac method(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
    openssl::MacContext context(EVP_MAC_CTX_new(method.get()));
    std::string hash = "SHA256";
    const std::array parameters{
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), 0), OSSL_PARAM_construct_end()
    };
    const auto& octets = key.reveal();
    const bool ok =
        context != nullptr &&
        EVP_MAC_init(context.get(), openssl::bytes(octets.data()), octets.size(), parameters.data()) == 1;
    require(ok, "preparing HMAC-SHA256");
    return context;
}

// A nonce of 96 random bits must not be drawn more than 2^32 times under one key (NIST SP 800-38D,
// section 8.3). With a key of its own for each salt, a repetition needs salt and nonce to meet: 224 bits.
// HKDF-Expand (RFC 5869, section 2.3) of one block, which is as long as the key: HMAC(key, info | salt | 1).
base::Secret message_key(const openssl::MacContext& prepared, std::string_view salt) {
    const openssl::MacContext context(EVP_MAC_CTX_dup(prepared.get()));
    constexpr unsigned char kFirstBlock = 1;
    std::string key(kMessageKeySize, '\0');
    std::size_t written = 0;
    const bool ok =
        context != nullptr &&
        EVP_MAC_update(context.get(), openssl::bytes(kMessageKeyInfo.data()), kMessageKeyInfo.size()) == 1 &&
        EVP_MAC_update(context.get(), openssl::bytes(salt.data()), salt.size()) == 1 &&
        EVP_MAC_update(context.get(), &kFirstBlock, 1) == 1 &&
        EVP_MAC_final(context.get(), openssl::bytes(key.data()), &written, key.size()) == 1;
    require(ok && written == kMessageKeySize, "deriving the key of a message");
    return base::Secret(std::move(key));
}

// Writes ciphertext and tag behind the header that is already in `sealed`.
void encrypt(
    const base::Secret& key, std::string_view associated, std::string_view plaintext, std::string& sealed
) {
    const openssl::CipherContext context(EVP_CIPHER_CTX_new());
    sealed.resize(kHeaderSize + plaintext.size() + kTagSize);
    const unsigned char* nonce = openssl::bytes(sealed.data() + kHeaderSize - kNonceSize);
    unsigned char* out = openssl::bytes(sealed.data() + kHeaderSize);
    int written = 0;
    const bool ok =
        context != nullptr &&
        EVP_EncryptInit_ex2(context.get(), cipher(), openssl::bytes(key.reveal().data()), nonce, nullptr) ==
            1 &&
        EVP_EncryptUpdate(
            context.get(),
            nullptr,
            &written,
            openssl::bytes(associated.data()),
            static_cast<int>(associated.size())
        ) == 1 &&
        EVP_EncryptUpdate(
            context.get(), out, &written, openssl::bytes(plaintext.data()), static_cast<int>(plaintext.size())
        ) == 1 &&
        EVP_EncryptFinal_ex(context.get(), out + plaintext.size(), &written) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagSize, out + plaintext.size()) == 1;
    require(ok, "AES-256-GCM");
}

std::optional<base::Secret> decrypt(
    const base::Secret& key, std::string_view associated, std::string_view sealed
) {
    const openssl::ErrorScope errors;
    const openssl::CipherContext context(EVP_CIPHER_CTX_new());
    require(context != nullptr, "AES-256-GCM");
    const std::string_view ciphertext = sealed.substr(kHeaderSize, sealed.size() - kHeaderSize - kTagSize);
    const unsigned char* nonce = openssl::bytes(sealed.data() + kHeaderSize - kNonceSize);
    std::array<char, kTagSize> tag{};
    sealed.substr(sealed.size() - kTagSize).copy(tag.data(), kTagSize);

    std::string plaintext(ciphertext.size(), '\0');
    int written = 0;
    const bool ok =
        EVP_DecryptInit_ex2(context.get(), cipher(), openssl::bytes(key.reveal().data()), nonce, nullptr) ==
            1 &&
        EVP_DecryptUpdate(
            context.get(),
            nullptr,
            &written,
            openssl::bytes(associated.data()),
            static_cast<int>(associated.size())
        ) == 1 &&
        EVP_DecryptUpdate(
            context.get(),
            openssl::bytes(plaintext.data()),
            &written,
            openssl::bytes(ciphertext.data()),
            static_cast<int>(ciphertext.size())
        ) == 1 &&
        EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagSize, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(context.get(), openssl::bytes(plaintext.data()) + plaintext.size(), &written) ==
            1;
    // Also what was not authenticated goes through Secret, so that it is wiped.
    base::Secret opened(std::move(plaintext));
    if (!ok) return std::nullopt;
    return opened;
}

// OpenSSL counts in int. Nothing that is sealed comes near: a cookie has 4 KiB.
constexpr std::size_t kMaxPlaintext = std::size_t{1} << 30;

}  // namespace

struct KeyRing::Key {
    openssl::MacContext
        mac;  // of the pseudorandom key, HKDF-Extract of the operator's secret; only ever copied
    std::string id;
};

KeyRing::KeyRing(std::span<const base::Secret> secrets) {
    if (secrets.empty()) throw std::invalid_argument("KeyRing: no secret");
    for (const base::Secret& secret : secrets) {
        if (secret.empty()) throw std::invalid_argument("KeyRing: an empty secret");
        const base::Secret key = hkdf_extract(kExtractSalt, secret.reveal());
        std::string id = hkdf_expand(key, kKeyIdInfo, kKeyIdSize).reveal();
        keys_.push_back({prepare_mac(key), std::move(id)});
    }
}

KeyRing::~KeyRing() = default;
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;

std::string KeyRing::seal(const SealContext& context, std::string_view plaintext, base::Random& random)
    const {
    if (plaintext.size() > kMaxPlaintext) throw std::invalid_argument("KeyRing::seal: more than 1 GiB");
    const Key& key = keys_.front();
    const auto salt_and_nonce = random.bytes<kSaltSize + kNonceSize>();
    std::string sealed;
    sealed.reserve(kHeaderSize + plaintext.size() + kTagSize);
    sealed.push_back(kVersion);
    sealed.append(key.id);
    sealed.append(base::as_text(salt_and_nonce));
    const base::Secret one_time_key =
        message_key(key.mac, base::as_text(salt_and_nonce).substr(0, kSaltSize));
    encrypt(one_time_key, associated_data(context), plaintext, sealed);
    return base::base64url_encode(sealed);
}

base::Result<KeyRing::Opened> KeyRing::open(const SealContext& context, std::string_view sealed) const {
    const std::optional<std::string> octets = base::base64url_decode(sealed);
    if (octets && octets->size() >= kHeaderSize + kTagSize && octets->size() <= kMaxPlaintext &&
        octets->front() == kVersion) {
        const std::string_view all = *octets;
        const std::string_view id = all.substr(1, kKeyIdSize);
        const std::string_view salt = all.substr(1 + kKeyIdSize, kSaltSize);
        const std::string associated = associated_data(context);
        // Several keys of a ring may share an id by chance; each of them is tried.
        for (const Key& key : keys_) {
            if (key.id != id) continue;
            std::optional<base::Secret> plaintext = decrypt(message_key(key.mac, salt), associated, all);
            if (plaintext) return Opened{std::move(*plaintext), &key == &keys_.front()};
        }
    }
    return base::fail(errors::kSealInvalid, "a sealed value is not valid here");
}

}  // namespace stagedoor::crypto
