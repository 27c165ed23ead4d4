#pragma once

#include <curl/curl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

// What the files of the libcurl client share; nobody else includes it.
namespace stagedoor::http {

struct CurlListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlList = std::unique_ptr<curl_slist, CurlListFree>;

struct CurlMultiFree {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using CurlMulti = std::unique_ptr<CURLM, CurlMultiFree>;

// An easy handle: the options of one transfer at a time.
class CurlEasy {
 public:
    CurlEasy() = default;
    explicit CurlEasy(CURL* handle) : handle_(handle) {}
    CurlEasy(CurlEasy&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    CurlEasy& operator=(CurlEasy&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    CurlEasy(const CurlEasy&) = delete;
    CurlEasy& operator=(const CurlEasy&) = delete;
    ~CurlEasy() { curl_easy_cleanup(handle_); }

    [[nodiscard]] CURL* get() const { return handle_; }

    // Throws std::runtime_error for an option that this libcurl does not have, and without memory.
    template <class T>
    void set(CURLoption option, T value) {
        const CURLcode code = curl_easy_setopt(handle_, option, value);
        if (code != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(code));
    }
    template <class T>
    [[nodiscard]] T info(CURLINFO what) const {
        T value{};
        curl_easy_getinfo(handle_, what, &value);
        return value;
    }

 private:
    CURL* handle_ = nullptr;
};

}  // namespace stagedoor::http
