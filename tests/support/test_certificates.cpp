#include "support/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace stagedoor::support {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;

void require(bool ok) {
    if (!ok) throw std::runtime_error("making a test certificate failed");
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem(X509* certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), &BIO_free_all);
    require(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio.get());
}

std::string pem(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new(BIO_s_mem()), &BIO_free_all);
    require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio.get());
}

Key new_key() {
    return {EVP_EC_gen("P-256"), EVP_PKEY_free};
}

void add_extension(X509* certificate, X509* issuer, int id, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str());
    require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
    X509_EXTENSION_free(extension);
}

Certificate new_certificate(const std::string& name, EVP_PKEY* key, std::chrono::seconds valid_for) {
    Certificate certificate(X509_new(), X509_free);
    long serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial)) == 1);
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial & 0x7fffffff);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(valid_for.count()));
    X509_set_pubkey(certificate.get(), key);
    require(
        X509_NAME_add_entry_by_txt(
            X509_get_subject_name(certificate.get()),
            "CN",
            MBSTRING_UTF8,
            reinterpret_cast<const unsigned char*>(name.c_str()),
            -1,
            -1,
            0
        ) == 1
    );
    return certificate;
}

}  // namespace

TestAuthority::TestAuthority(const std::string& name) : key_(new_key()) {
    x509_ = new_certificate(name, key_.get(), std::chrono::hours(24));
    X509_set_issuer_name(x509_.get(), X509_get_subject_name(x509_.get()));
    add_extension(x509_.get(), x509_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(x509_.get(), x509_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    add_extension(x509_.get(), x509_.get(), NID_subject_key_identifier, "hash");
    require(X509_sign(x509_.get(), key_.get(), EVP_sha256()) > 0);
    certificate_ = pem(x509_.get());
}

TestIdentity TestAuthority::issue(const std::vector<std::string>& names, std::chrono::seconds valid_for)
    const {
    const Key key = new_key();
    const Certificate certificate = new_certificate("stagedoor test", key.get(), valid_for);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(x509_.get()));
    std::string alternatives;
    for (const std::string& name : names) {
        if (!alternatives.empty()) alternatives += ",";
        alternatives += name.starts_with("IP:") ? name : "DNS:" + name;
    }
    add_extension(certificate.get(), x509_.get(), NID_subject_alt_name, alternatives);
    add_extension(certificate.get(), x509_.get(), NID_authority_key_identifier, "keyid");
    require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0);
    return {pem(certificate.get()), pem(key.get())};
}

TemporaryFile::TemporaryFile(const std::string& content) {
    const char* folder = std::getenv("TMPDIR");
    path_ = std::string(folder != nullptr ? folder : "/tmp") + "/stagedoor-test-XXXXXX";
    const int fd = mkstemp(path_.data());
    if (fd < 0) throw std::runtime_error("no temporary file");
    const auto written = ::write(fd, content.data(), content.size());
    ::close(fd);
    if (written != static_cast<ssize_t>(content.size())) throw std::runtime_error("no temporary file");
}

TemporaryFile::~TemporaryFile() {
    ::unlink(path_.c_str());
}

}  // namespace stagedoor::support
