#include "config/fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stagedoor::config {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Checks : public ConfigTest {
 protected:
    std::string warnings_of(std::string_view text) {
        const auto loaded = load_text(text);
        return loaded ? to_string(loaded->warnings) : "errors: " + errors_of(loaded);
    }
    // A configuration with these two base URLs, and `more` below `backend`.
    static std::string sites(std::string_view app, std::string_view backend, std::string_view more = "") {
        return "app: {baseUrl: '" + std::string(app) + "'}\nbackend:\n  baseUrl: '" + std::string(backend) +
               "'\n" + std::string(more);
    }
    // A configuration with this environment of a provider, on https://example.com.
    static std::string provider(std::string_view id, std::string_view keys) {
        return std::string(kBase) + "auth: {providers: {" + std::string(id) + ": {d: {" + std::string(keys) +
               "}}}}\n";
    }
};

TEST_F(Checks, MissingCorsIsNamedWithTheLinesToAdd) {
    EXPECT_EQ(
        warnings_of(sites("http://localhost:3000", "http://localhost:7007")),
        "app-config.yaml:3:3: backend.cors: is missing, and the app has another origin than this service, so "
        "its "
        "requests will be refused by the browser. Add to backend:\n"
        "  cors:\n"
        "    origin: http://localhost:3000\n"
        "    credentials: true\n"
    );
    EXPECT_EQ(warnings_of(sites("http://localhost:3000/app", "http://localhost:3000")), "");
}

TEST_F(Checks, CorsMustAdmitTheAppWithCredentials) {
    const auto with = [this](std::string_view cors) {
        return warnings_of(sites(
            "https://app.example.com", "https://auth.example.com", "  cors: " + std::string(cors) + "\n"
        ));
    };
    EXPECT_EQ(with("{origin: 'https://*.example.com', credentials: true}"), "");
    EXPECT_THAT(
        with("{origin: 'https://other.example.com', credentials: true}"),
        HasSubstr("does not admit the app's")
    );
    EXPECT_THAT(
        with("{origin: 'https://app.example.com'}"), HasSubstr("backend.cors.credentials: is not true")
    );
    EXPECT_THAT(with("false"), HasSubstr("backend.cors: is missing"));
}

TEST_F(Checks, PlainHttpBetweenHostsCannotCarryCookies) {
    const std::string cors =
        "  cors: {origin: ['http://localhost:3000', 'http://app.example.com'], credentials: true}\n";
    EXPECT_THAT(
        warnings_of(sites("http://localhost:3000", "http://127.0.0.1:7007", cors)),
        HasSubstr("is plain http on another host (127.0.0.1) than the app (localhost)")
    );
    EXPECT_EQ(warnings_of(sites("http://localhost:3000", "http://localhost:7007", cors)), "");
    EXPECT_THAT(
        warnings_of(sites("http://app.example.com", "https://auth.example.com", cors)),
        HasSubstr("app.baseUrl: is plain http while this service is https")
    );
}

TEST_F(Checks, TlsNeedsOneCertificate) {
    const auto with = [this](std::string_view https) {
        return errors_of(load_text(
            sites("https://example.com", "https://example.com", "  https: " + std::string(https) + "\n")
        ));
    };
    EXPECT_THAT(with("true"), HasSubstr("app-config.yaml:4:10: backend.https: needs a certificate: set "));
    EXPECT_THAT(with("{}"), HasSubstr("needs a certificate"));
    EXPECT_THAT(with("false"), HasSubstr("must be true or an object"));
    EXPECT_THAT(with("{certificateFile: a.pem}"), HasSubstr("needs both certificateFile and keyFile"));
    EXPECT_THAT(
        with("{certificate: {cert: a.pem, key: b.pem}}"),
        HasSubstr("certificate.key: is no PEM text; to name")
    );
    EXPECT_THAT(
        with("{certificate: {cert: a.pem}}"), HasSubstr("backend.https.certificate.key: is required")
    );
    EXPECT_THAT(
        with("{certificateFile: a.pem, keyFile: b.pem, certificate: {cert: '-----BEGIN X', key: '-----BEGIN "
             "Y'}}"),
        HasSubstr("has certificate as well as certificateFile")
    );
    EXPECT_EQ(with("{certificateFile: a.pem, keyFile: /b.pem}"), "no error");
    EXPECT_EQ(with("{certificate: {cert: '-----BEGIN X', key: '-----BEGIN Y'}}"), "no error");
}

TEST_F(Checks, CertificateFilesAreRelativeToTheirFile) {
    const auto loaded = load_text(sites(
        "https://example.com",
        "https://example.com",
        "  https: {certificateFile: tls/a.pem, keyFile: /b.pem}\n"
    ));
    ASSERT_TRUE(loaded) << errors_of(loaded);
    const auto& files = std::get<CertificateFiles>(*loaded->config.backend.https);
    EXPECT_EQ(files.cert, folder_ / "tls/a.pem");
    EXPECT_EQ(files.key, "/b.pem");
}

TEST_F(Checks, TlsBehindAnHttpBaseUrlIsDoubtful) {
    EXPECT_THAT(
        warnings_of(
            sites("http://a.example", "http://a.example", "  https: {certificateFile: a, keyFile: b}\n")
        ),
        HasSubstr("backend.baseUrl: begins with http://, but backend.https")
    );
}

TEST_F(Checks, AWeakSecretIsNamedWithItsRemedy) {
    const auto with = [this](std::string_view secret) {
        return warnings_of(std::string(kBase) + "auth: {session: {secret: " + std::string(secret) + "}}\n");
    };
    EXPECT_EQ(
        with("hunter2"),
        "app-config.yaml:3:26: auth.session.secret: is short or repetitive, so it can be guessed; `stagedoor "
        "secret` "
        "makes a good one\n"
    );
    EXPECT_THAT(with(std::string(64, 'a')), HasSubstr("is short or repetitive"));
    EXPECT_EQ(with("Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa"), "");
    EXPECT_THAT(
        with("[Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa, old]"), HasSubstr("number 2 is short or repetitive")
    );
    EXPECT_THAT(
        with("[Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa, Kq2v8Zr5Nw1Xc7Bm4Jt9Lp3Hs6Fd0GyEa]"),
        HasSubstr("number 2 is the same as one before it")
    );
    EXPECT_THAT(with("hunter2"), Not(HasSubstr("hunter2")));
}

TEST_F(Checks, APatternThatAdmitsNothingOrEverythingIsNamed) {
    const auto with = [this](std::string_view pattern) {
        return warnings_of(
            std::string(kBase) + "auth: {experimentalExtraAllowedOrigins: ['" + std::string(pattern) + "']}\n"
        );
    };
    for (const char* useless : {"*", "**", "localhost:3000", "https://a.example.com/", "*://*/*"}) {
        EXPECT_THAT(with(useless), HasSubstr("admits no origin at all")) << useless;
    }
    for (const char* everything : {"https://*", "*://*", "http{,s}://*"}) {
        EXPECT_THAT(with(everything), HasSubstr("admits every site")) << everything;
    }
    for (const char* fine : {"https://*.example.com", "http://localhost:*", "http{,s}://a.example.com"}) {
        EXPECT_EQ(with(fine), "") << fine;
    }
    EXPECT_THAT(with("https://[a"), HasSubstr("is no pattern of origins"));
}

TEST_F(Checks, ACallbackOnAnotherOriginCannotWork) {
    EXPECT_THAT(
        warnings_of(
            provider("google", "clientId: a, clientSecret: b, callbackUrl: 'https://other.example.com/cb'")
        ),
        HasSubstr(
            "auth.providers.google.d.callbackUrl: is on https://other.example.com, while logins start on "
            "https://example.com"
        )
    );
    EXPECT_EQ(
        warnings_of(
            provider("google", "clientId: a, clientSecret: b, callbackUrl: 'https://example.com/some/cb'")
        ),
        ""
    );
    EXPECT_THAT(
        warnings_of(
            provider("google", "clientId: a, clientSecret: b, callbackUrl: 'https://example.com/cb#x'")
        ),
        HasSubstr("callbackUrl: must have no fragment")
    );
}

TEST_F(Checks, FormPostNeedsHttps) {
    const std::string_view auth =
        "auth: {providers: {google: {d: {clientId: a, clientSecret: b, responseMode: form_post}}}}\n";
    EXPECT_THAT(
        errors_of(load_text(sites("http://a.example", "http://a.example") + std::string(auth))),
        HasSubstr("auth.providers.google.d.responseMode: form_post needs https")
    );
    EXPECT_TRUE(load_text(sites("https://a.example", "https://a.example") + std::string(auth)));
    EXPECT_TRUE(load_text(sites("http://localhost:1", "http://localhost:1") + std::string(auth)));
}

TEST_F(Checks, OnlyAPublicClientHasNoSecret) {
    EXPECT_TRUE(load_text(provider("google", "clientId: a, tokenEndpointAuthMethod: none")));
    EXPECT_THAT(
        errors_of(load_text(provider("google", "clientId: a"))),
        HasSubstr("google.d.clientSecret: is required and missing; a public client says "
                  "tokenEndpointAuthMethod: none")
    );
}

TEST_F(Checks, OidcNeedsItsMetadataOrAllEndpoints) {
    EXPECT_THAT(
        errors_of(load_text(provider("oidc", "clientId: a, clientSecret: b"))),
        HasSubstr("oidc.d.metadataUrl: is required and missing; without it, endpoints must name issuer")
    );
    EXPECT_TRUE(load_text(provider(
        "oidc",
        "clientId: a, clientSecret: b, endpoints: {issuer: 'https://i.example', authorization: "
        "'https://i.example/a', "
        "token: 'https://i.example/t', jwks: 'https://i.example/j'}"
    )));
}

TEST_F(Checks, ProvidersAreReachedByHttpsOrOnThisMachine) {
    const auto with = [this](std::string_view token) {
        return errors_of(load_text(provider(
            "github", "clientId: a, clientSecret: b, endpoints: {token: '" + std::string(token) + "'}"
        )));
    };
    EXPECT_EQ(with("https://github.example.com/token"), "no error");
    EXPECT_EQ(with("http://localhost:9000/token"), "no error");
    EXPECT_EQ(with("http://127.0.0.1:9000/token"), "no error");
    EXPECT_EQ(with("http://[::1]:9000/token"), "no error");
    EXPECT_THAT(with("http://github.example.com/token"), HasSubstr("endpoints.token: must be https"));
    EXPECT_THAT(with("ftp://github.example.com"), HasSubstr("must be an absolute http or https URL"));
}

TEST_F(Checks, ProvidersWithoutEffectMissNothing) {
    const auto loaded = load_text(provider("microsoft", "clientId: a"));
    ASSERT_TRUE(loaded) << errors_of(loaded);
    EXPECT_THAT(loaded->config.auth.providers, IsEmpty());
    EXPECT_THAT(
        errors_of(load_text(provider("microsoft", "tenant: a"))),
        HasSubstr("auth.providers.microsoft.d.tenant: unknown key; did you mean 'tenantId'?")
    );
}

TEST_F(Checks, HeaderFieldsCannotBeSmuggled) {
    const auto with = [this](std::string_view more) {
        return errors_of(load_text(sites("https://a.example", "https://a.example", more)));
    };
    EXPECT_THAT(
        with("  cors: {methods: ['GET\\r\\nX: y']}\n"), HasSubstr("backend.cors.methods: holds something")
    );
    EXPECT_THAT(
        with("  cors: {exposedHeaders: 'X-A, X B'}\n"), HasSubstr("backend.cors.exposedHeaders: holds")
    );
    EXPECT_THAT(
        with("  csp: {default-src: [\"'self'; script-src *\"]}\n"), HasSubstr("printable ASCII without ';'")
    );
    EXPECT_THAT(with("  csp: {'default-src x': [a]}\n"), HasSubstr("holds a name that is no directive"));
    EXPECT_THAT(with("  referrer: {policy: [\"x\\ny\"]}\n"), HasSubstr("must be one of no-referrer"));
}

TEST_F(Checks, ABaseUrlHasNoQuery) {
    EXPECT_THAT(
        errors_of(load_text(sites("https://a.example", "https://a.example/?x=1"))),
        HasSubstr("backend.baseUrl: must have no query and no fragment")
    );
}

TEST_F(Checks, AMalformedDiscoveredAddressIsAnError) {
    EXPECT_THAT(
        errors_of(load_with_base("discovery: {endpoints: [{target: 'auth.example.com', plugins: [auth]}]}\n")
        ),
        HasSubstr("discovery.endpoints: the external target for auth must be an absolute")
    );
}

}  // namespace
}  // namespace stagedoor::config
