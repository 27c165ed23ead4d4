#include "http/client/curl_transfer.h"

#include "base/encoding.h"
#include "http/client/curl_engine.h"
#include "http/client/curl_error.h"
#include "http/errors.h"

#include <fmt/core.h>

#include <algorithm>
#include <new>
#include <string_view>
#include <sys/socket.h>
#include <utility>

namespace stagedoor::http {
namespace {

constexpr std::size_t kMaxFieldBytes = 64 * 1024;

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool is_status_line(std::string_view line) {
    return line.starts_with("HTTP/");
}
bool is_interim(std::string_view status_line) {
    const std::size_t space = status_line.find(' ');
    return space != std::string_view::npos && status_line.substr(space + 1).starts_with('1');
}

}  // namespace

CurlTransfer::CurlTransfer(CurlEngine& engine, const ClientRequest& request, const base::Url& url)
    : engine_(&engine),
      request_(request),
      url_(url),
      easy_(engine.take_handle()),
      finished_(engine.executor()) {
    set_target();
    set_body();
    set_fields();
    set_proxy();
    set_callbacks();
}

CurlTransfer::~CurlTransfer() {
    if (state_ == State::running) engine_->remove(*this);
}

void CurlTransfer::start() {
    finished_.expires_after(request_.deadline);
    state_ = State::running;
    engine_->add(*this);
}

void CurlTransfer::set_target() {
    std::string target = url_.to_string();
    target.resize(std::min(target.find('#'), target.size()));
    easy_.set(CURLOPT_URL, target.c_str());
    easy_.set(CURLOPT_PROTOCOLS_STR, url_.scheme().c_str());
    if (url_.scheme() == "http") {
        address_rule_ = AddressRule::loopback;
    } else if (request_.public_addresses_only) {
        address_rule_ = AddressRule::public_unicast;
    }
}

void CurlTransfer::set_body() {
    const bool has_body = !request_.body.empty() || request_.method == Method::post ||
                          request_.method == Method::put || request_.method == Method::patch;
    const bool is_head = request_.method == Method::head;
    // The option that is set last decides; each of them undoes what an earlier request left in the handle.
    easy_.set(CURLOPT_HTTPGET, 1L);
    if (has_body) {
        easy_.set(CURLOPT_POST, 1L);
        easy_.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        easy_.set(CURLOPT_POSTFIELDS, request_.body.c_str());  // libcurl makes no copy
    }
    if (is_head) easy_.set(CURLOPT_NOBODY, 1L);
    easy_.set(CURLOPT_CUSTOMREQUEST, is_head ? nullptr : to_string(request_.method).data());
}

void CurlTransfer::set_fields() {
    const auto append = [this](const std::string& line) {
        curl_slist* longer = curl_slist_append(fields_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        (void)fields_.release();
        fields_.reset(longer);
    };
    // "Name:" takes a field away that libcurl would add: it invents a content type, and waits a second for a
    // "100 Continue" that few servers send.
    append("Expect:");
    bool has_type = false;
    for (const Field& field : request_.fields) {
        // "Name;" is libcurl's way to say that the value is empty.
        append(field.value.empty() ? field.name + ";" : field.name + ": " + field.value);
        has_type = has_type || base::equal_ignoring_case(field.name, "content-type");
    }
    if (!has_type) append("Content-Type:");
    easy_.set(CURLOPT_HTTPHEADER, fields_.get());
}

void CurlTransfer::set_proxy() {
    const CurlSettings& settings = engine_->settings();
    const char* proxy =
        settings.proxy.empty() ? nullptr : settings.proxy.reveal().c_str();  // null: the environment's
    const char* no_proxy = settings.no_proxy.empty() ? nullptr : settings.no_proxy.c_str();
    if (address_rule_ == AddressRule::loopback) {
        proxy = "";  // none
    } else if (address_rule_ == AddressRule::public_unicast) {
        // NO_PROXY names what is inside, where such a call has no business. The address that is connected to
        // is the proxy's own then, which may be private.
        proxy = engine_->https_proxy().reveal().c_str();
        no_proxy = "";
        if (!engine_->https_proxy().empty()) address_rule_ = AddressRule::any;
    }
    easy_.set(CURLOPT_PROXY, proxy);
    easy_.set(CURLOPT_NOPROXY, no_proxy);
}

void CurlTransfer::set_callbacks() {
    easy_.set(CURLOPT_PRIVATE, this);
    easy_.set(CURLOPT_ERRORBUFFER, detail_.data());
    easy_.set(CURLOPT_HEADERFUNCTION, &CurlTransfer::on_field);
    easy_.set(CURLOPT_HEADERDATA, this);
    easy_.set(CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    easy_.set(CURLOPT_WRITEDATA, this);
    easy_.set(CURLOPT_OPENSOCKETFUNCTION, &CurlTransfer::on_open);
    easy_.set(CURLOPT_OPENSOCKETDATA, this);
    easy_.set(CURLOPT_PREREQFUNCTION, &CurlTransfer::on_request);
    easy_.set(CURLOPT_PREREQDATA, this);
}

bool CurlTransfer::admits(const std::optional<IpAddress>& address) const {
    if (address_rule_ == AddressRule::any) return true;
    if (!address) return false;
    return address_rule_ == AddressRule::loopback ? is_loopback_address(*address)
                                                  : is_public_address(*address);
}

// Before each connection attempt. With several addresses for a name, one that is refused leaves the others.
curl_socket_t CurlTransfer::on_open(
    void* transfer, curlsocktype /*purpose*/, curl_sockaddr* address
) noexcept {
    auto& self = *static_cast<CurlTransfer*>(transfer);
    if (!self.admits(ip_address_of(address->addr))) {
        self.address_refused_ = true;
        return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Before each time that the request is sent. A pooled connection was opened for another call, perhaps under
// another rule, so its address is looked at here. That a request is sent twice happens when such a connection
// is dead.
int CurlTransfer::on_request(
    void* transfer, char* remote, char* /*local*/, int /*remote_port*/, int /*local_port*/
) noexcept {
    auto& self = *static_cast<CurlTransfer*>(transfer);
    ++self.attempts_;
    if (self.admits(parse_ip_address(remote))) return CURL_PREREQFUNC_OK;
    self.address_refused_ = true;
    return CURL_PREREQFUNC_ABORT;
}

std::size_t CurlTransfer::on_field(char* data, std::size_t size, std::size_t count, void* transfer) noexcept {
    auto& self = *static_cast<CurlTransfer*>(transfer);
    const std::string_view line(data, size * count);
    self.field_bytes_ += line.size();
    if (self.field_bytes_ > kMaxFieldBytes) {
        self.too_large_ = true;
        return 0;
    }
    return self.add_field_line(line) ? line.size() : 0;
}

// One line: a status line, a field, or the empty line at the end of the fields. Interim answers (1xx) come
// first, each with fields of its own; trailers come after the body, and are left out.
bool CurlTransfer::add_field_line(std::string_view line) {
    if (!in_fields_) {
        if (is_status_line(line) && response_.body.empty()) {
            response_.fields.clear();
            in_fields_ = !is_interim(line);
        }
        return true;
    }
    const bool continues = line.starts_with(' ') || line.starts_with('\t');
    const std::string_view text = trimmed(line);
    if (text.empty()) {
        in_fields_ = false;
    } else if (continues && !response_.fields.empty()) {
        // obs-fold becomes a space (RFC 9112, section 5.2).
        response_.fields.back().value.append(" ").append(text);
    } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
        response_.fields.push_back(
            {std::string(trimmed(text.substr(0, colon))), std::string(trimmed(text.substr(colon + 1)))}
        );
    }
    return true;
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* transfer) noexcept {
    auto& self = *static_cast<CurlTransfer*>(transfer);
    const std::size_t length = size * count;
    if (length > self.request_.max_response_bytes - self.response_.body.size()) {
        self.too_large_ = true;
        return 0;
    }
    self.response_.body.append(data, length);
    return length;
}

void CurlTransfer::finish(CURLcode code) {
    state_ = State::done;
    code_ = code;
    response_.status = static_cast<int>(easy_.info<long>(CURLINFO_RESPONSE_CODE));
    response_.repeated = repeated();
    connect_status_ = easy_.info<long>(CURLINFO_HTTP_CONNECTCODE);
    // A handle that saw a failure is not used again: it costs little, and nothing of the failure can stay in
    // it.
    if (code == CURLE_OK) {
        easy_.set<char*>(CURLOPT_ERRORBUFFER, nullptr);
        engine_->give_back(std::move(easy_));
    }
    wake();
}

// Ends the wait for finished(), and one that has not begun yet: a fast server's answer can be complete within
// start().
void CurlTransfer::wake() {
    finished_.expires_at(Timer::time_point::min());
}

void CurlTransfer::detach() {
    state_ = State::detached;
    easy_ = CurlEasy();
    wake();
}

base::Result<ClientResponse> CurlTransfer::take_result(const boost::system::error_code& waited) {
    if (state_ == State::done) {
        if (code_ == CURLE_OK) return std::move(response_);
        return base::fail(error());
    }
    if (state_ == State::running && !waited) {
        return base::fail(errors::kClientTimeout, fmt::format("{} did not answer in time", host()));
    }
    return base::fail(errors::kClientCancelled, fmt::format("the call to {} was given up", host()));
}

base::Error CurlTransfer::error() const {
    const auto make = [this]() -> base::Error {
        if (too_large_) {
            return {
                errors::kClientResponseTooLarge, fmt::format("{} sent an answer that is too large", host())
            };
        }
        if (address_refused_ && (code_ == CURLE_COULDNT_CONNECT || code_ == CURLE_ABORTED_BY_CALLBACK)) {
            return {
                errors::kClientAddressRefused, fmt::format("{} has an address that may not be called", host())
            };
        }
        return error_of(code_, connect_status_, host());
    };
    const std::string reason = detail_.front() != '\0' ? detail_.data() : curl_easy_strerror(code_);
    return make().with_detail(reason);
}

}  // namespace stagedoor::http
