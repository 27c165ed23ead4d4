#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace stagedoor::support {

// A certificate and its key, PEM.
struct TestIdentity {
    std::string certificate;
    std::string key;
};

// A certificate authority that lives as long as a test.
class TestAuthority {
 public:
    explicit TestAuthority(const std::string& name = "Stagedoor test authority");

    [[nodiscard]] const std::string& certificate() const { return certificate_; }  // PEM

    // A certificate for these names: each a DNS name, or an IP address written as "IP:127.0.0.1". Valid from
    // an hour ago until `valid_for` from now, which may be negative.
    [[nodiscard]] TestIdentity issue(
        const std::vector<std::string>& names, std::chrono::seconds valid_for = std::chrono::hours(1)
    ) const;

 private:
    std::shared_ptr<evp_pkey_st> key_;
    std::shared_ptr<x509_st> x509_;
    std::string certificate_;
};

// A file of a test, with this content and mode 0600, removed with the object.
class TemporaryFile {
 public:
    explicit TemporaryFile(const std::string& content);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

 private:
    std::string path_;
};

}  // namespace stagedoor::support
