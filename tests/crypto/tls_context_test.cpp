#include "crypto/tls_context.h"

#include "support/capturing_log.h"
#include "support/manual_clock.h"
#include "support/test_certificates.h"

#include <gtest/gtest.h>

#include <fstream>
#include <stdexcept>
#include <string>

// What goes over the wire is tested with the server: http/server/tls_test.cpp.
namespace stagedoor::crypto {
namespace {

class TlsContextFiles : public testing::Test {
 protected:
    // What the constructor says about these files, or "".
    std::string failure(const std::string& certificate, const std::string& key) {
        try {
            const TlsContext context(certificate, key, log_, clock_);
            return {};
        } catch (const std::runtime_error& error) {
            return error.what();
        }
    }

    support::TestAuthority authority_;
    support::TestIdentity identity_ = authority_.issue({"a.example"});
    support::TemporaryFile certificate_{identity_.certificate};
    support::TemporaryFile key_{identity_.key};
    support::CapturingLog log_;
    support::ManualClock clock_;
};

TEST_F(TlsContextFiles, TakesAPair) {
    EXPECT_EQ(failure(certificate_.path(), key_.path()), "");
}

TEST_F(TlsContextFiles, NamesTheFileThatIsMissing) {
    EXPECT_NE(failure("/no/chain.pem", key_.path()).find("/no/chain.pem: No such file"), std::string::npos);
    EXPECT_NE(
        failure(certificate_.path(), "/no/key.pem").find("/no/key.pem: No such file"), std::string::npos
    );
}

TEST_F(TlsContextFiles, RefusesAKeyOfAnotherCertificate) {
    const support::TemporaryFile other_key(authority_.issue({"b.example"}).key);
    EXPECT_NE(failure(certificate_.path(), other_key.path()).find("key values mismatch"), std::string::npos);
}

TEST_F(TlsContextFiles, RefusesFilesInTheWrongPlaces) {
    EXPECT_NE(failure(key_.path(), certificate_.path()), "");
}

TEST_F(TlsContextFiles, LooksAtTheFilesNoMoreOftenThanTold) {
    TlsContext context(certificate_.path(), key_.path(), log_, clock_, std::chrono::seconds(2));
    std::ofstream(certificate_.path()) << identity_.certificate << authority_.certificate();
    (void)context.accept(-1);
    clock_.advance(std::chrono::milliseconds(1999));
    (void)context.accept(-1);
    EXPECT_FALSE(log_.has("tls.reloaded"));
    clock_.advance(std::chrono::milliseconds(1));
    (void)context.accept(-1);
    EXPECT_TRUE(log_.has("tls.reloaded"));
}

}  // namespace
}  // namespace stagedoor::crypto
