#include "jose/jws.h"

#include "jose/errors.h"
#include "support/signed_token.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>

namespace stagedoor::jose {
namespace {

using support::ec_key;
using support::IssuerKey;
using support::key_set_json;
using support::other_rsa_key;
using support::rsa_key;

constexpr std::array kEveryAlgorithm{
    Algorithm::rs256,
    Algorithm::rs384,
    Algorithm::rs512,
    Algorithm::ps256,
    Algorithm::ps384,
    Algorithm::ps512,
    Algorithm::es256,
    Algorithm::es384,
    Algorithm::es512,
    Algorithm::eddsa,
    Algorithm::hs256,
    Algorithm::hs384,
    Algorithm::hs512,
};

KeySet key_set(std::initializer_list<std::string> jwks) {
    return KeySet::parse(key_set_json(jwks)).value();
}

base::Result<std::string> verify(
    std::string_view token, const VerificationKeys& keys, std::span<const Algorithm> allowed = kEveryAlgorithm
) {
    STAGEDOOR_TRY(const auto jws, Jws::parse(token));
    return jws.verify(keys, allowed);
}

base::Result<std::string> verify(
    std::string_view token, const KeySet& keys, std::span<const Algorithm> allowed = kEveryAlgorithm
) {
    return verify(token, VerificationKeys{.keys = &keys}, allowed);
}

void expect_refused(const base::Result<std::string>& result, const base::ErrorKind& kind) {
    ASSERT_FALSE(result) << "payload: " << *result;
    EXPECT_TRUE(result.error().is(kind)) << result.error().describe();
}

constexpr std::string_view kExamplePayload =
    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n \"http://example.com/is_root\":true}";

TEST(Jws, Rfc7515AppendixA1Hs256) {
    const base::Secret secret(
        base::base64url_decode(
            "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        )
            .value()
    );
    const auto payload = verify(
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        VerificationKeys{.client_secret = &secret}
    );
    EXPECT_EQ(payload.value(), kExamplePayload);
}

constexpr std::string_view kAppendixA2Key =
    R"({"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4)"
    R"(d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB)"
    R"(dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2et)"
    R"(hFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"})";

constexpr std::string_view kAppendixA2Token =
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CU"
    "Ar7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_"
    "eSN9383LcOLn6_d"
    "O--xi12jzDwusC-"
    "eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0ig"
    "cN_IoypGlUPQGe77Rw";

TEST(Jws, Rfc7515AppendixA2Rs256) {
    EXPECT_EQ(verify(kAppendixA2Token, key_set({std::string(kAppendixA2Key)})).value(), kExamplePayload);
}

TEST(Jws, Rfc7515AppendixA3Es256) {
    const auto keys =
        key_set({R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
                 R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})"});
    const auto payload = verify(
        "eyJhbGciOiJFUzI1NiJ9."
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
        keys
    );
    EXPECT_EQ(payload.value(), kExamplePayload);
}

TEST(Jws, Rfc7515AppendixA4Es512) {
    const auto keys = key_set(
        {R"({"kty":"EC","crv":"P-521",)"
         R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",)"
         R"("y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2"})"}
    );
    const auto payload = verify(
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
        "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_"
        "7XdtAG8GaSwFKdCAPZgo"
        "XD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
        keys
    );
    EXPECT_EQ(payload.value(), "Payload");
}

TEST(Jws, Rfc7515AppendixA5NoneIsRefused) {
    expect_refused(
        verify(
            "eyJhbGciOiJub25lIn0."
            "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.",
            key_set({std::string(kAppendixA2Key)})
        ),
        errors::kJwsAlgorithmRefused
    );
}

TEST(Jws, Rfc8037AppendixA4EdDsa) {
    const auto keys =
        key_set({R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})"});
    const auto payload = verify(
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
        keys
    );
    EXPECT_EQ(payload.value(), "Example of Ed25519 signing");
}

TEST(Jws, VerifiesEveryAsymmetricAlgorithm) {
    const IssuerKey p384(crypto::KeyType::p384, "p384");
    const IssuerKey p521(crypto::KeyType::p521, "p521");
    const IssuerKey ed25519(crypto::KeyType::ed25519, "ed25519");
    const auto keys = key_set({rsa_key().jwk(), ec_key().jwk(), p384.jwk(), p521.jwk(), ed25519.jwk()});
    const auto key_of = [&](Algorithm algorithm) -> const IssuerKey& {
        if (algorithm == Algorithm::es256) return ec_key();
        if (algorithm == Algorithm::es384) return p384;
        if (algorithm == Algorithm::es512) return p521;
        return algorithm == Algorithm::eddsa ? ed25519 : rsa_key();
    };
    for (const auto algorithm : kEveryAlgorithm) {
        if (crypto::is_symmetric(algorithm)) continue;
        const auto token = key_of(algorithm).sign(algorithm, "payload");
        EXPECT_EQ(verify(token, keys).value(), "payload") << crypto::to_string(algorithm);
    }
}

TEST(Jws, AnAlgorithmThatIsNotAllowedIsRefused) {
    const auto keys = key_set({rsa_key().jwk()});
    const std::array allowed{Algorithm::es256, Algorithm::ps256};
    expect_refused(
        verify(rsa_key().sign(Algorithm::rs256, "x"), keys, allowed), errors::kJwsAlgorithmRefused
    );
    EXPECT_TRUE(verify(rsa_key().sign(Algorithm::ps256, "x"), keys, allowed));
    expect_refused(verify(rsa_key().sign(Algorithm::ps256, "x"), keys, {}), errors::kJwsAlgorithmRefused);
}

TEST(Jws, UnknownAlgorithmNamesAreRefused) {
    const auto keys = key_set({rsa_key().jwk()});
    for (const std::string name : {"none", "None", "NONE", "nOnE", "rs256", "RS1", "", "RSA1_5", "ES256K"}) {
        const auto token =
            support::with_signature(support::signing_input(R"({"alg":")" + name + R"("})", "x"), "");
        expect_refused(verify(token, keys), errors::kJwsAlgorithmRefused);
    }
}

// The classic confusion: the public key, which everybody knows, in each of its spellings as the key of an
// HMAC.
TEST(Jws, APublicKeyIsNoHmacKey) {
    const auto keys = key_set({rsa_key().jwk()});
    for (const auto& secret : {rsa_key().jwk(), std::string(), key_set_json({rsa_key().jwk()})}) {
        const auto token = support::sign_with_secret(Algorithm::hs256, "forged", secret);
        expect_refused(verify(token, keys), errors::kJwsAlgorithmRefused);
    }
}

TEST(Jws, AnEmptySecretVerifiesNothing) {
    const base::Secret empty;
    const auto token = support::sign_with_secret(Algorithm::hs256, "forged", "");
    expect_refused(verify(token, VerificationKeys{.client_secret = &empty}), errors::kJwsAlgorithmRefused);
}

TEST(Jws, AWrongSecretIsRefused) {
    const base::Secret secret("right");
    const auto token = support::sign_with_secret(Algorithm::hs512, "x", "wrong");
    expect_refused(verify(token, VerificationKeys{.client_secret = &secret}), errors::kJwsSignatureInvalid);
}

TEST(Jws, ASecretAloneVerifiesNoAsymmetricSignature) {
    const base::Secret secret("secret");
    const auto token = rsa_key().sign(Algorithm::rs256, "x");
    expect_refused(verify(token, VerificationKeys{.client_secret = &secret}), errors::kJwsAlgorithmRefused);
}

TEST(Jws, AnUnknownKidIsToldFromABadSignature) {
    const auto keys = key_set({rsa_key().jwk()});
    expect_refused(verify(other_rsa_key().sign(Algorithm::rs256, "x"), keys), errors::kJwsKeyNotFound);
    const auto forged = other_rsa_key().sign(Algorithm::rs256, "x", R"({"alg":"RS256","kid":"rsa-1"})");
    expect_refused(verify(forged, keys), errors::kJwsSignatureInvalid);
}

TEST(Jws, WithoutKidEveryFittingKeyIsTried) {
    const auto token = other_rsa_key().sign_without_kid(Algorithm::rs256, "payload");
    EXPECT_TRUE(verify(token, key_set({other_rsa_key().jwk()})));
    EXPECT_TRUE(verify(token, key_set({rsa_key().jwk(), ec_key().jwk(), other_rsa_key().jwk()})));
    expect_refused(verify(token, key_set({rsa_key().jwk()})), errors::kJwsSignatureInvalid);
    expect_refused(verify(token, key_set({ec_key().jwk()})), errors::kJwsKeyNotFound);
}

TEST(Jws, AKeyForEncryptionVerifiesNothing) {
    const auto token = rsa_key().sign(Algorithm::rs256, "x");
    expect_refused(verify(token, key_set({rsa_key().jwk(R"("use":"enc",)")})), errors::kJwsKeyNotFound);
}

TEST(Jws, EveryFlippedBitIsNoticed) {
    const auto keys = key_set({ec_key().jwk()});
    const auto token = ec_key().sign(Algorithm::es256, R"({"sub":"alice"})");
    ASSERT_TRUE(verify(token, keys));
    EXPECT_TRUE(rc::check("a changed byte is an error", [&] {
        auto changed = token;
        const auto position = *rc::gen::inRange<std::size_t>(0, changed.size());
        changed[position] = static_cast<char>(changed[position] ^ (1 << *rc::gen::inRange(0, 8)));
        RC_ASSERT(!verify(changed, keys));
    }));
}

TEST(Jws, CriticalExtensionsAreRefused) {
    const auto keys = key_set({rsa_key().jwk()});
    for (const std::string header : {
             R"({"alg":"RS256","crit":["exp"],"exp":1363284000})",
             R"({"alg":"RS256","crit":[]})",
             R"({"alg":"RS256","crit":null})",
             R"({"alg":"RS256","b64":false,"crit":["b64"]})",
             R"({"alg":"RS256","b64":true})",
         }) {
        expect_refused(
            verify(rsa_key().sign(Algorithm::rs256, "x", header), keys), errors::kJwsCriticalHeader
        );
    }
}

// A header can carry a key or say where to get one (RFC 7515, sections 4.1.2 to 4.1.6): none of it is
// believed.
TEST(Jws, AKeyInTheHeaderIsNotUsed) {
    const auto header = R"({"alg":"RS256","jwk":)" + other_rsa_key().jwk() +
                        R"(,"jku":"https://evil.example/jwks","x5u":"https://evil.example/x5u"})";
    const auto token = other_rsa_key().sign(Algorithm::rs256, "forged", header);
    expect_refused(verify(token, key_set({rsa_key().jwk()})), errors::kJwsSignatureInvalid);
}

TEST(Jws, ReadsTheHeader) {
    const auto jws =
        Jws::parse(rsa_key().sign(Algorithm::rs256, "x", R"({"typ":"JWT","alg":"RS256","kid":"k"})"));
    EXPECT_EQ(jws.value().header().alg, "RS256");
    EXPECT_EQ(jws.value().header().kid, "k");
    EXPECT_EQ(jws.value().header().typ, "JWT");
}

class MalformedJws : public testing::TestWithParam<std::string> {};

TEST_P(MalformedJws, IsRefused) {
    const auto result = Jws::parse(GetParam());
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kJwsMalformed)) << result.error().describe();
}

const std::string kRs256 = base::base64url_encode(R"({"alg":"RS256"})");

INSTANTIATE_TEST_SUITE_P(
    Texts,
    MalformedJws,
    testing::Values(
        "",
        ".",
        "..",
        "...",
        "a.b",
        kRs256 + ".e30",
        kRs256 + ".e30.AA.AA",
        kRs256 + ".e30.AA.AA.AA",
        kRs256 + ".e30.AA==",
        kRs256 + ".e30.A",
        kRs256 + ".e3+.AA",
        kRs256 + ". e30.AA",
        " " + kRs256 + ".e30.AA",
        kRs256 + ".e30.AA\n",
        base::base64url_encode("[]") + ".e30.AA",
        base::base64url_encode("not json") + ".e30.AA",
        base::base64url_encode("{}") + ".e30.AA",
        base::base64url_encode(R"({"alg":7})") + ".e30.AA",
        base::base64url_encode(R"({"alg":"RS256","alg":"none"})") + ".e30.AA",
        base::base64url_encode(R"({"alg":"RS256","kid":7})") + ".e30.AA",
        kRs256 + "." + std::string(kMaxJwsBytes, 'A') + ".AA"
    )
);

TEST(Jws, NoBytesMakeItFail) {
    EXPECT_TRUE(rc::check("any text is a token or an error", [](const std::string& text) {
        const auto result = Jws::parse(text);
        RC_ASSERT(result.has_value() || result.error().status() == 401);
    }));
}

}  // namespace
}  // namespace stagedoor::jose
