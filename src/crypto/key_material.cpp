#include "crypto/key_material.h"

#include "crypto/openssl.h"

#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include <array>
#include <utility>
#include <vector>

namespace stagedoor::crypto {
namespace {

using openssl::require;

constexpr int kMinRsaBits = 2048;
// Checking a signature takes time that grows with the square of this, and the key may be a stranger's.
constexpr int kMaxRsaBits = 8192;
constexpr int kMaxRsaExponentBits = 64;

using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, openssl::Free<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, openssl::Free<OSSL_PARAM_free>>;

// Collects the numbers of a key. It owns them, since the builder keeps pointers until the parameters are
// made.
class KeyParameters {
 public:
    KeyParameters() : builder_(OSSL_PARAM_BLD_new()) { require(builder_ != nullptr, "OSSL_PARAM_BLD_new"); }

    void add_number(const char* name, std::string_view octets) {
        openssl::Number number(BN_secure_new());
        require(
            number != nullptr &&
                BN_bin2bn(openssl::bytes(octets.data()), static_cast<int>(octets.size()), number.get()) !=
                    nullptr &&
                OSSL_PARAM_BLD_push_BN(builder_.get(), name, number.get()) == 1,
            "BN_bin2bn"
        );
        numbers_.push_back(std::move(number));
    }
    void add_octets(const char* name, std::string_view octets) {
        require(
            OSSL_PARAM_BLD_push_octet_string(builder_.get(), name, octets.data(), octets.size()) == 1,
            "OSSL_PARAM_BLD_push_octet_string"
        );
    }
    void add_text(const char* name, const char* text) {
        require(
            OSSL_PARAM_BLD_push_utf8_string(builder_.get(), name, text, 0) == 1,
            "OSSL_PARAM_BLD_push_utf8_string"
        );
    }

    // Null if the numbers are no key of this kind: for an EC key, also if the point is not on its curve.
    [[nodiscard]] openssl::Key make(const char* kind, int selection) const {
        const Parameters parameters(OSSL_PARAM_BLD_to_param(builder_.get()));
        const openssl::KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, kind, nullptr));
        require(parameters != nullptr && context != nullptr, "EVP_PKEY_CTX_new_from_name");
        EVP_PKEY* key = nullptr;
        if (EVP_PKEY_fromdata_init(context.get()) != 1 ||
            EVP_PKEY_fromdata(context.get(), &key, selection, parameters.get()) != 1) {
            return nullptr;
        }
        return openssl::Key(key);
    }

 private:
    ParameterBuilder builder_;
    std::vector<openssl::Number> numbers_;
};

int selection_of(const PrivateComponents* private_part) {
    return private_part != nullptr ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY;
}

bool is_acceptable_rsa(const PublicComponents& part) {
    constexpr std::size_t kMaxOctets = kMaxRsaBits / 8 + 1;  // with a leading zero, which some encoders add
    if (part.n.size() > kMaxOctets || part.e.size() > kMaxOctets) return false;
    const openssl::Number n(BN_bin2bn(openssl::bytes(part.n.data()), static_cast<int>(part.n.size()), nullptr)
    );
    const openssl::Number e(BN_bin2bn(openssl::bytes(part.e.data()), static_cast<int>(part.e.size()), nullptr)
    );
    require(n != nullptr && e != nullptr, "BN_bin2bn");
    const int bits = BN_num_bits(n.get());
    return bits >= kMinRsaBits && bits <= kMaxRsaBits && BN_is_odd(n.get()) != 0 && BN_is_odd(e.get()) != 0 &&
           BN_is_one(e.get()) == 0 && BN_num_bits(e.get()) <= kMaxRsaExponentBits;
}

openssl::Key make_rsa(const PublicComponents& public_part, const PrivateComponents* private_part) {
    if (!is_acceptable_rsa(public_part)) return nullptr;
    KeyParameters parameters;
    parameters.add_number(OSSL_PKEY_PARAM_RSA_N, public_part.n);
    parameters.add_number(OSSL_PKEY_PARAM_RSA_E, public_part.e);
    if (private_part != nullptr) {
        const std::array<std::pair<const char*, const base::Secret*>, 6> members{{
            {OSSL_PKEY_PARAM_RSA_D, &private_part->d},
            {OSSL_PKEY_PARAM_RSA_FACTOR1, &private_part->p},
            {OSSL_PKEY_PARAM_RSA_FACTOR2, &private_part->q},
            {OSSL_PKEY_PARAM_RSA_EXPONENT1, &private_part->dp},
            {OSSL_PKEY_PARAM_RSA_EXPONENT2, &private_part->dq},
            {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &private_part->qi},
        }};
        for (const auto& [name, value] : members) {
            if (value->empty() || value->size() > public_part.n.size()) return nullptr;
            parameters.add_number(name, value->reveal());
        }
    }
    return parameters.make("RSA", selection_of(private_part));
}

const char* group_name(KeyType type) {
    switch (type) {
        case KeyType::p256:
            return "P-256";
        case KeyType::p384:
            return "P-384";
        default:
            return "P-521";
    }
}

openssl::Key make_ec(const PublicComponents& public_part, const PrivateComponents* private_part) {
    // "The length of this octet string MUST be the full size of a coordinate" (RFC 7518, section 6.2.1.2).
    const std::size_t size = coordinate_size(public_part.type);
    if (public_part.x.size() != size || public_part.y.size() != size) return nullptr;
    KeyParameters parameters;
    parameters.add_text(OSSL_PKEY_PARAM_GROUP_NAME, group_name(public_part.type));
    const std::string point = "\x04" + public_part.x + public_part.y;  // uncompressed (SEC 1, section 2.3.3)
    parameters.add_octets(OSSL_PKEY_PARAM_PUB_KEY, point);
    if (private_part != nullptr) {
        if (private_part->d.size() != size) return nullptr;
        parameters.add_number(OSSL_PKEY_PARAM_PRIV_KEY, private_part->d.reveal());
    }
    return parameters.make("EC", selection_of(private_part));
}

openssl::Key make_ed25519(const PublicComponents& public_part, const PrivateComponents* private_part) {
    const std::size_t size = coordinate_size(KeyType::ed25519);
    if (public_part.x.size() != size) return nullptr;
    KeyParameters parameters;
    parameters.add_octets(OSSL_PKEY_PARAM_PUB_KEY, public_part.x);
    if (private_part != nullptr) {
        if (private_part->d.size() != size) return nullptr;
        parameters.add_octets(OSSL_PKEY_PARAM_PRIV_KEY, private_part->d.reveal());
    }
    return parameters.make("ED25519", selection_of(private_part));
}

openssl::Key make(const PublicComponents& public_part, const PrivateComponents* private_part) {
    switch (public_part.type) {
        case KeyType::rsa:
            return make_rsa(public_part, private_part);
        case KeyType::ed25519:
            return make_ed25519(public_part, private_part);
        default:
            return make_ec(public_part, private_part);
    }
}

bool halves_belong_together(EVP_PKEY* key) {
    const openssl::KeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
    require(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
    return EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

std::size_t coordinate_size(KeyType type) {
    switch (type) {
        case KeyType::rsa:
            return 0;
        case KeyType::p256:
        case KeyType::ed25519:
            return 32;
        case KeyType::p384:
            return 48;
        case KeyType::p521:
            return 66;
    }
    std::unreachable();
}

std::shared_ptr<evp_pkey_st> make_key(
    const PublicComponents& public_part, const PrivateComponents* private_part
) {
    const openssl::ErrorScope errors;
    openssl::Key key = make(public_part, private_part);
    if (key == nullptr) return nullptr;
    if (private_part != nullptr && !halves_belong_together(key.get())) return nullptr;
    return key;
}

}  // namespace stagedoor::crypto
