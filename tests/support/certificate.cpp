#include "support/certificate.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace stagedoor::support {

namespace {

template <class T, auto kFree>
struct Free {
    void operator()(T* object) const { kFree(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509, X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION, X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Free<std::FILE, std::fclose>>;

void require(bool ok, const char* what) {
    if (!ok) throw std::runtime_error(what);
}

File open(const std::string& path) {
    File file(std::fopen(path.c_str(), "w"));
    require(file != nullptr, path.c_str());
    return file;
}

Certificate make_certificate(EVP_PKEY* key, const std::string& common_name) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 24L * 60 * 60);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME* name = X509_get_subject_name(certificate.get());
    const auto* const text = reinterpret_cast<const unsigned char*>(common_name.c_str());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), name);
    const std::string names = "DNS:localhost, IP:127.0.0.1, DNS:" + common_name;
    const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
    require(extension != nullptr, "subjectAltName");
    X509_add_ext(certificate.get(), extension.get(), -1);
    require(X509_sign(certificate.get(), key, EVP_sha256()) != 0, "X509_sign");
    return certificate;
}

}  // namespace

TemporaryFile::TemporaryFile() : path_((std::filesystem::temp_directory_path() / "stagedoor-XXXXXX").string()) {
    const int descriptor = ::mkstemp(path_.data());
    require(descriptor >= 0, "mkstemp");
    ::close(descriptor);
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

void write_certificate(
    const std::string& certificate_file,
    const std::string& private_key_file,
    const std::string& common_name
) {
    const Key key(EVP_EC_gen("P-256"));
    require(key != nullptr, "EVP_EC_gen");
    const Certificate certificate = make_certificate(key.get(), common_name);
    require(PEM_write_X509(open(certificate_file).get(), certificate.get()) == 1, "PEM_write_X509");
    require(
        PEM_write_PrivateKey(open(private_key_file).get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "PEM_write_PrivateKey"
    );
}

}  // namespace stagedoor::support
