#include "crypto/signature.h"

#include "base/encoding.h"
#include "crypto/errors.h"
#include "crypto/jose_vectors.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace stagedoor::crypto {
namespace {

using enum Algorithm;

constexpr std::array kAsymmetric{rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, eddsa};
constexpr std::array kSymmetric{hs256, hs384, hs512};
constexpr std::array kKeyTypes{KeyType::rsa, KeyType::p256, KeyType::p384, KeyType::p521, KeyType::ed25519};

std::string decoded(std::string_view base64url) {
    return base::base64url_decode(base64url).value();
}
base::Secret secret(std::string_view base64url) {
    return base::Secret(decoded(base64url));
}

PublicComponents rsa(std::string_view n, std::string_view e) {
    PublicComponents out;
    out.type = KeyType::rsa;
    out.n = decoded(n);
    out.e = decoded(e);
    return out;
}

PublicComponents curve(KeyType type, std::string_view x, std::string_view y) {
    PublicComponents out;
    out.type = type;
    out.x = decoded(x);
    out.y = decoded(y);
    return out;
}

PublicComponents rfc7515_rsa() {
    return rsa(vectors::rfc7515_a2::kN, vectors::rfc7515_a2::kE);
}
PublicComponents rfc7515_p256() {
    return curve(KeyType::p256, vectors::rfc7515_a3::kX, vectors::rfc7515_a3::kY);
}

PrivateComponents rfc7515_rsa_private() {
    namespace v = vectors::rfc7515_a2;
    return {secret(v::kD), secret(v::kP), secret(v::kQ), secret(v::kDp), secret(v::kDq), secret(v::kQi)};
}

PrivateComponents only_d(std::string_view d) {
    PrivateComponents out;
    out.d = secret(d);
    return out;
}

// One key of each type for all tests: making an RSA key takes long.
const PrivateKey& key_of(KeyType type) {
    static const std::array keys{
        PrivateKey::generate(KeyType::rsa),
        PrivateKey::generate(KeyType::p256),
        PrivateKey::generate(KeyType::p384),
        PrivateKey::generate(KeyType::p521),
        PrivateKey::generate(KeyType::ed25519),
    };
    return keys[static_cast<std::size_t>(type)];
}

KeyType type_for(Algorithm algorithm) {
    for (const KeyType type : kKeyTypes) {
        if (key_of(type).public_key().fits(algorithm)) return type;
    }
    ADD_FAILURE() << "no key fits " << to_string(algorithm);
    return KeyType::rsa;
}

void expect_invalid(const PublicComponents& components) {
    const auto key = PublicKey::from_components(components);
    ASSERT_FALSE(key);
    EXPECT_EQ(key.error().code(), errors::kKeyInvalid.code);
}

TEST(Signature, Rfc7515AppendixA2Rs256) {
    namespace v = vectors::rfc7515_a2;
    const auto key = PrivateKey::from_components(rfc7515_rsa(), rfc7515_rsa_private());
    ASSERT_TRUE(key);
    EXPECT_EQ(base::base64url_encode(key->sign(rs256, v::kSigningInput).value()), v::kSignature);
    const auto public_key = PublicKey::from_components(rfc7515_rsa());
    ASSERT_TRUE(public_key);
    EXPECT_TRUE(public_key->verify(rs256, v::kSigningInput, decoded(v::kSignature)));
    EXPECT_FALSE(public_key->verify(rs384, v::kSigningInput, decoded(v::kSignature)));
    EXPECT_FALSE(public_key->verify(ps256, v::kSigningInput, decoded(v::kSignature)));
}

TEST(Signature, Rfc7515AppendixA3Es256) {
    namespace v = vectors::rfc7515_a3;
    const auto key = PrivateKey::from_components(rfc7515_p256(), only_d(v::kD));
    ASSERT_TRUE(key);
    EXPECT_TRUE(key->public_key().verify(es256, v::kSigningInput, decoded(v::kSignature)));
    const auto own = key->sign(es256, v::kSigningInput);
    ASSERT_TRUE(own);
    EXPECT_EQ(own->size(), 64U);
    EXPECT_TRUE(PublicKey::from_components(rfc7515_p256())->verify(es256, v::kSigningInput, *own));
}

TEST(Signature, Rfc7520Section42Ps384) {
    namespace v = vectors::rfc7520;
    const auto key = PublicKey::from_components(rsa(v::kRsaN, "AQAB"));
    ASSERT_TRUE(key);
    const std::string input = std::string(v::kPs384Header) + "." + std::string(v::kPayload);
    EXPECT_TRUE(key->verify(ps384, input, decoded(v::kPs384Signature)));
    EXPECT_FALSE(key->verify(ps256, input, decoded(v::kPs384Signature)));
    EXPECT_FALSE(key->verify(rs384, input, decoded(v::kPs384Signature)));
}

TEST(Signature, Rfc7520Section43Es512) {
    namespace v = vectors::rfc7520;
    const auto key = PublicKey::from_components(curve(KeyType::p521, v::kP521X, v::kP521Y));
    ASSERT_TRUE(key);
    const std::string input = std::string(v::kEs512Header) + "." + std::string(v::kPayload);
    EXPECT_TRUE(key->verify(es512, input, decoded(v::kEs512Signature)));
}

TEST(Signature, Rfc8037AppendixA4Ed25519) {
    namespace v = vectors::rfc8037_a4;
    PublicComponents components;
    components.type = KeyType::ed25519;
    components.x = decoded(v::kX);
    const auto key = PrivateKey::from_components(components, only_d(v::kD));
    ASSERT_TRUE(key);
    EXPECT_EQ(base::base64url_encode(key->sign(eddsa, v::kSigningInput).value()), v::kSignature);
    EXPECT_TRUE(key->public_key().verify(eddsa, v::kSigningInput, decoded(v::kSignature)));
}

TEST(Signature, EveryAlgorithmAcceptsItsOwnAndNoOtherMessageOrKey) {
    for (const Algorithm algorithm : kAsymmetric) {
        SCOPED_TRACE(to_string(algorithm));
        const PrivateKey& key = key_of(type_for(algorithm));
        const auto signature = key.sign(algorithm, "message");
        ASSERT_TRUE(signature);
        EXPECT_TRUE(key.public_key().verify(algorithm, "message", *signature));
        EXPECT_FALSE(key.public_key().verify(algorithm, "messagE", *signature));
        EXPECT_FALSE(key.public_key().verify(algorithm, "", *signature));
    }
    const PrivateKey other = PrivateKey::generate(KeyType::p256);
    EXPECT_FALSE(
        other.public_key().verify(es256, "message", key_of(KeyType::p256).sign(es256, "message").value())
    );
}

TEST(Signature, EveryFlippedBitIsRefused) {
    for (const Algorithm algorithm : {rs256, ps256, es256, es512, eddsa}) {
        SCOPED_TRACE(to_string(algorithm));
        const PrivateKey& key = key_of(type_for(algorithm));
        const std::string signature = key.sign(algorithm, "message").value();
        for (std::size_t i = 0; i < signature.size(); ++i) {
            std::string changed = signature;
            changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
            EXPECT_FALSE(key.public_key().verify(algorithm, "message", changed)) << i;
        }
    }
}

TEST(Signature, OtherLengthsAreRefused) {
    for (const Algorithm algorithm : kAsymmetric) {
        SCOPED_TRACE(to_string(algorithm));
        const PrivateKey& key = key_of(type_for(algorithm));
        const std::string signature = key.sign(algorithm, "message").value();
        EXPECT_FALSE(key.public_key().verify(algorithm, "message", ""));
        EXPECT_FALSE(key.public_key().verify(algorithm, "message", signature + '\0'));
        EXPECT_FALSE(key.public_key().verify(algorithm, "message", '\0' + signature));
        EXPECT_FALSE(key.public_key().verify(algorithm, "message", signature.substr(0, signature.size() - 1))
        );
        EXPECT_FALSE(key.public_key().verify(algorithm, "message", std::string(signature.size(), '\0')));
    }
}

// CVE-2022-21449: r = s = 0 was a valid signature of everything for one widespread implementation.
TEST(Signature, EcdsaRefusesZeroAndTheOrderOfTheGroup) {
    const std::string zero(32, '\0');
    const std::string one = std::string(31, '\0') + '\1';
    const std::string order =
        decoded("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");  // n of P-256 (FIPS 186-4, D.1.2.3)
    const PublicKey& key = key_of(KeyType::p256).public_key();
    for (const std::string& r : {zero, one, order}) {
        for (const std::string& s : {zero, one, order}) EXPECT_FALSE(key.verify(es256, "message", r + s));
    }
}

TEST(Signature, EcdsaInDerIsRefused) {
    // What a signature of r = s = 1 looks like in DER, filled up to the size of a raw one.
    std::string der = {'\x30', '\x06', '\x02', '\x01', '\x01', '\x02', '\x01', '\x01'};
    EXPECT_FALSE(key_of(KeyType::p256).public_key().verify(es256, "message", der));
    der.resize(64);
    EXPECT_FALSE(key_of(KeyType::p256).public_key().verify(es256, "message", der));
}

TEST(Signature, AnAlgorithmFitsOneTypeOfKeyAndIsRefusedByAllOthers) {
    for (const Algorithm algorithm : kAsymmetric) {
        const KeyType own = type_for(algorithm);
        const std::string signature = key_of(own).sign(algorithm, "message").value();
        for (const KeyType type : kKeyTypes) {
            if (type == own) continue;
            SCOPED_TRACE(
                std::string(to_string(algorithm)) + " with key type " + std::to_string(static_cast<int>(type))
            );
            const PrivateKey& key = key_of(type);
            EXPECT_FALSE(key.public_key().fits(algorithm));
            EXPECT_FALSE(key.public_key().verify(algorithm, "message", signature));
            const auto refused = key.sign(algorithm, "message");
            ASSERT_FALSE(refused);
            EXPECT_EQ(refused.error().code(), errors::kKeyAlgorithmMismatch.code);
        }
    }
}

// The attack: HS256 with the text of a public key as its secret.
TEST(Signature, NoAsymmetricKeyTakesASymmetricAlgorithm) {
    for (const KeyType type : kKeyTypes) {
        const PublicKey& key = key_of(type).public_key();
        const PublicComponents components = key.components();
        for (const Algorithm algorithm : kSymmetric) {
            EXPECT_FALSE(key.fits(algorithm));
            for (const std::string& guess : {components.n, components.x, std::string()}) {
                EXPECT_FALSE(key.verify(algorithm, "message", hmac(hash_of(algorithm), guess, "message")));
            }
            EXPECT_FALSE(key_of(type).sign(algorithm, "message"));
        }
    }
}

TEST(PublicKey, ComponentsComeBackAsTheyWereGiven) {
    const PublicComponents from_rsa = PublicKey::from_components(rfc7515_rsa())->components();
    EXPECT_EQ(base::base64url_encode(from_rsa.n), vectors::rfc7515_a2::kN);
    EXPECT_EQ(base::base64url_encode(from_rsa.e), "AQAB");
    const PublicComponents from_ec = PublicKey::from_components(rfc7515_p256())->components();
    EXPECT_EQ(from_ec.type, KeyType::p256);
    EXPECT_EQ(base::base64url_encode(from_ec.x), vectors::rfc7515_a3::kX);
    EXPECT_EQ(base::base64url_encode(from_ec.y), vectors::rfc7515_a3::kY);
}

TEST(PrivateKey, EveryTypeGoesThroughItsComponents) {
    for (const KeyType type : kKeyTypes) {
        SCOPED_TRACE(static_cast<int>(type));
        const PrivateKey& key = key_of(type);
        const auto copy = PrivateKey::from_components(key.public_key().components(), key.components());
        ASSERT_TRUE(copy);
        const Algorithm algorithm =
            std::array{rs256, es256, es384, es512, eddsa}[static_cast<std::size_t>(type)];
        EXPECT_TRUE(key.public_key().verify(algorithm, "message", copy->sign(algorithm, "message").value()));
        EXPECT_EQ(copy->components().d, key.components().d);
    }
}

TEST(PrivateKey, HalvesOfTwoKeysAreRefused) {
    for (const KeyType type : {KeyType::p256, KeyType::p384, KeyType::p521, KeyType::ed25519}) {
        const auto mixed = PrivateKey::from_components(
            key_of(type).public_key().components(), PrivateKey::generate(type).components()
        );
        ASSERT_FALSE(mixed) << static_cast<int>(type);
        EXPECT_EQ(mixed.error().code(), errors::kKeyInvalid.code);
    }
    EXPECT_FALSE(
        PrivateKey::from_components(key_of(KeyType::rsa).public_key().components(), rfc7515_rsa_private())
    );
}

TEST(PrivateKey, AMissingMemberIsRefused) {
    PrivateComponents rsa_without_p = rfc7515_rsa_private();
    rsa_without_p.p = base::Secret();
    EXPECT_FALSE(PrivateKey::from_components(rfc7515_rsa(), rsa_without_p));
    EXPECT_FALSE(PrivateKey::from_components(rfc7515_p256(), {}));
}

TEST(PublicKey, RsaBelow2048OrAbove8192BitsIsRefused) {
    const auto modulus = [](std::size_t bits) { return std::string(bits / 8, '\xff'); };
    PublicComponents key;
    key.e = decoded("AQAB");
    for (const std::size_t bits : {0U, 8U, 512U, 1024U, 2040U, 8200U, 65'536U}) {
        key.n = modulus(bits);
        expect_invalid(key);
    }
    for (const std::size_t bits : {2048U, 3072U, 4096U, 8192U}) {
        key.n = modulus(bits);
        EXPECT_TRUE(PublicKey::from_components(key)) << bits;
    }
    // Zeros in front do not make a short number long.
    key.n = std::string(128, '\0') + modulus(1024);
    expect_invalid(key);
}

TEST(PublicKey, RsaExponentsThatMakeNoSenseAreRefused) {
    PublicComponents key = rfc7515_rsa();
    for (const std::string& exponent :
         {std::string(),
          std::string("\0", 1),
          std::string("\1"),
          std::string("\2"),
          std::string("\1\0\0", 3),
          std::string(9, '\xff')}) {
        key.e = exponent;
        expect_invalid(key);
    }
    key.e = "\3";
    EXPECT_TRUE(PublicKey::from_components(key));
}

TEST(PublicKey, EcPointsThatAreNotOnTheCurveAreRefused) {
    PublicComponents key = rfc7515_p256();
    key.y.back() = static_cast<char>(key.y.back() ^ 1);
    expect_invalid(key);
    key = rfc7515_p256();
    key.x.assign(32, '\0');
    key.y.assign(32, '\0');
    expect_invalid(key);
    key.x.assign(32, '\xff');  // above the field's prime
    expect_invalid(key);
}

TEST(PublicKey, CoordinatesOfAnotherSizeAreRefused) {
    PublicComponents key = rfc7515_p256();
    key.x.insert(0, 1, '\0');
    expect_invalid(key);
    key = rfc7515_p256();
    key.y.pop_back();
    expect_invalid(key);
    key = rfc7515_p256();
    key.type = KeyType::p384;
    expect_invalid(key);
    PublicComponents edwards;
    edwards.type = KeyType::ed25519;
    expect_invalid(edwards);
    edwards.x = std::string(33, '\1');
    expect_invalid(edwards);
}

TEST(PublicKey, OutlivesThePrivateKeyItCameFrom) {
    auto key = std::make_unique<PrivateKey>(PrivateKey::generate(KeyType::p256));
    const std::string signature = key->sign(es256, "message").value();
    const PublicKey public_key = key->public_key();
    key.reset();
    EXPECT_TRUE(public_key.verify(es256, "message", signature));
}

}  // namespace
}  // namespace stagedoor::crypto
