#include "http/client/curl_engine.h"

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <stdexcept>

namespace stagedoor::http {
namespace {

using Clock = std::chrono::steady_clock;
using Descriptor = boost::asio::posix::basic_stream_descriptor<base::Executor>;

void initialize_libcurl() {
    static const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) throw std::runtime_error("libcurl can't be initialized");
}

template <class T>
void set(CURLM* multi, CURLMoption option, T value) {
    if (curl_multi_setopt(multi, option, value) != CURLM_OK)
        throw std::runtime_error("libcurl misses an option");
}

// In the order in which libcurl itself looks (libcurl-env(3)).
std::string proxy_of_environment() {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        const char* value = std::getenv(name);
        if (value != nullptr && *value != '\0') return value;
    }
    return {};
}

}  // namespace

struct CurlEngine::Anchor {
    CurlEngine* engine;
};

// A socket that libcurl waits for.
struct CurlEngine::Watch {
    Watch(CurlEngine& owner, curl_socket_t fd)
        : engine(&owner), socket(fd), descriptor(owner.executor_, fd) {}
    // The socket belongs to libcurl.
    ~Watch() {
        if (descriptor.is_open()) descriptor.release();
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    CurlEngine* engine;  // null once the watch is released
    curl_socket_t socket;
    Descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool waiting_to_read = false;
    bool waiting_to_write = false;
};

CurlEngine::CurlEngine(boost::asio::io_context& loop, CurlSettings settings, base::Log& log)
    : executor_(loop.get_executor()),
      settings_(std::move(settings)),
      log_(log),
      https_proxy_(settings_.proxy.empty() ? base::Secret(proxy_of_environment()) : settings_.proxy),
      anchor_(std::make_shared<Anchor>(this)),
      timer_(executor_) {
    initialize_libcurl();
    multi_.reset(curl_multi_init());
    if (multi_ == nullptr) throw std::runtime_error("libcurl: curl_multi_init failed");
    set(multi_.get(), CURLMOPT_SOCKETFUNCTION, &CurlEngine::on_socket);
    set(multi_.get(), CURLMOPT_SOCKETDATA, this);
    set(multi_.get(), CURLMOPT_TIMERFUNCTION, &CurlEngine::on_timer);
    set(multi_.get(), CURLMOPT_TIMERDATA, this);
    set(multi_.get(), CURLMOPT_MAXCONNECTS, static_cast<long>(settings_.pool_size));
}

CurlEngine::~CurlEngine() {
    anchor_->engine = nullptr;
    while (!transfers_.empty()) {
        CurlTransfer& transfer = **transfers_.begin();
        remove(transfer);
        transfer.detach();
    }
    // Before libcurl closes the sockets: their numbers may belong to somebody else right after.
    set(multi_.get(), CURLMOPT_SOCKETFUNCTION, static_cast<curl_socket_callback>(nullptr));
    while (!watches_.empty()) release(watches_.begin()->first);
    idle_.clear();
    multi_.reset();
}

void CurlEngine::configure(CurlEasy& handle) const {
    handle.set(CURLOPT_NOSIGNAL, 1L);  // no SIGALRM, no SIGPIPE: this is a program with threads
    handle.set(CURLOPT_FOLLOWLOCATION, 0L);
    handle.set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    handle.set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    handle.set(CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    handle.set(CURLOPT_SSL_VERIFYPEER, 1L);
    handle.set(CURLOPT_SSL_VERIFYHOST, 2L);
    handle.set(CURLOPT_PATH_AS_IS, 1L);  // the URL that was judged is the URL that is called
    handle.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // Without it, the end of a transfer waits for the thread that still resolves its name, and all others
    // with it.
    handle.set(CURLOPT_QUICK_EXIT, 1L);
    handle.set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings_.connect_timeout.count()));
    handle.set(
        CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, static_cast<long>(settings_.happy_eyeballs_timeout.count())
    );
    handle.set(CURLOPT_MAXAGE_CONN, static_cast<long>(settings_.max_idle.count()));
    handle.set(CURLOPT_USERAGENT, settings_.user_agent.c_str());
    if (!settings_.ca_file.empty()) {
        handle.set(CURLOPT_CAINFO, settings_.ca_file.c_str());
        handle.set(CURLOPT_PROXY_CAINFO, settings_.ca_file.c_str());
    }
    if (!settings_.certificate_file.empty()) handle.set(CURLOPT_SSLCERT, settings_.certificate_file.c_str());
    if (!settings_.key_file.empty()) handle.set(CURLOPT_SSLKEY, settings_.key_file.c_str());
}

CurlEasy CurlEngine::take_handle() {
    if (!idle_.empty()) {
        CurlEasy handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
    }
    CurlEasy handle(curl_easy_init());
    if (handle.get() == nullptr) throw std::bad_alloc();
    configure(handle);
    return handle;
}

void CurlEngine::give_back(CurlEasy handle) {
    if (idle_.size() < settings_.pool_size) idle_.push_back(std::move(handle));
}

void CurlEngine::add(CurlTransfer& transfer) {
    transfers_.insert(&transfer);
    if (curl_multi_add_handle(multi_.get(), transfer.handle()) != CURLM_OK) throw std::bad_alloc();
    // libcurl has asked to be called at once, and this is at once.
    due_.reset();
    act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlEngine::remove(CurlTransfer& transfer) {
    transfers_.erase(&transfer);
    curl_multi_remove_handle(multi_.get(), transfer.handle());
    update_timer();
}

void CurlEngine::act(curl_socket_t socket, int event) {
    int running = 0;
    curl_multi_socket_action(multi_.get(), socket, event, &running);
    collect();
    update_timer();
}

void CurlEngine::collect() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        const CURLcode code = message->data.result;  // the message is gone with the handle
        CurlTransfer* transfer = nullptr;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        remove(*transfer);
        if (transfer->repeated())
            log_.info("client.repeated", {{"host", std::string_view(transfer->host())}});
        transfer->finish(code);
    }
}

int CurlEngine::on_socket(
    CURL* /*easy*/, curl_socket_t socket, int wanted, void* engine, void* /*watch*/
) noexcept {
    auto& self = *static_cast<CurlEngine*>(engine);
    if (wanted == CURL_POLL_REMOVE) {
        self.release(socket);
    } else {
        self.watch(socket, wanted);
    }
    return 0;
}

void CurlEngine::watch(curl_socket_t socket, int wanted) {
    std::shared_ptr<Watch>& entry = watches_[socket];
    if (entry == nullptr) entry = std::make_shared<Watch>(*this, socket);
    entry->wanted = wanted;
    arm(entry);
}

void CurlEngine::release(curl_socket_t socket) {
    const auto found = watches_.find(socket);
    if (found == watches_.end()) return;
    found->second->engine = nullptr;
    // Takes it out of epoll and ends the waits, without closing it: libcurl does that, or keeps it in its
    // pool.
    found->second->descriptor.release();
    watches_.erase(found);
}

// Waits for what libcurl wants and is not yet waited for. libcurl tells only what changes, so after each
// event the wait is begun anew for as long as it is wanted.
void CurlEngine::arm(const std::shared_ptr<Watch>& watch) {
    if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->waiting_to_read) {
        watch->waiting_to_read = true;
        watch->descriptor.async_wait(Descriptor::wait_read, [watch](const boost::system::error_code& error) {
            watch->waiting_to_read = false;
            if (watch->engine == nullptr || (watch->wanted & CURL_POLL_IN) == 0) return;
            watch->engine->ready(watch, error ? CURL_CSELECT_ERR : CURL_CSELECT_IN);
        });
    }
    if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->waiting_to_write) {
        watch->waiting_to_write = true;
        watch->descriptor.async_wait(Descriptor::wait_write, [watch](const boost::system::error_code& error) {
            watch->waiting_to_write = false;
            if (watch->engine == nullptr || (watch->wanted & CURL_POLL_OUT) == 0) return;
            watch->engine->ready(watch, error ? CURL_CSELECT_ERR : CURL_CSELECT_OUT);
        });
    }
}

void CurlEngine::ready(const std::shared_ptr<Watch>& watch, int event) {
    act(watch->socket, event);
    if (watch->engine != nullptr) arm(watch);
}

// Only takes notes: libcurl calls this from within its other functions, often several times, and not all that
// it notes is still true at their end.
int CurlEngine::on_timer(CURLM* /*multi*/, long milliseconds, void* engine) noexcept {
    auto& self = *static_cast<CurlEngine*>(engine);
    if (milliseconds < 0) {
        self.due_.reset();
    } else {
        self.due_ = Clock::now() + std::chrono::milliseconds(milliseconds);
    }
    return 0;
}

// A timer that would fire too early stays as it is, and is set anew when it fires: libcurl moves its time
// with each step of a call, and setting the timer may cost a system call.
void CurlEngine::update_timer() {
    if (transfers_.empty()) {
        if (armed_) timer_.cancel();  // or the loop would have work to wait for
        armed_.reset();
        return;
    }
    if (!due_ || (armed_ && *armed_ <= *due_)) return;
    armed_ = due_;
    timer_.expires_at(*due_);
    timer_.async_wait([anchor = anchor_](const boost::system::error_code& error) {
        // An error means that the timer was cancelled or set to another time.
        if (!error && anchor->engine != nullptr) anchor->engine->timer_fired();
    });
}

void CurlEngine::timer_fired() {
    armed_.reset();
    if (due_ && *due_ <= Clock::now()) {
        due_.reset();
        act(CURL_SOCKET_TIMEOUT, 0);
    } else {
        update_timer();
    }
}

}  // namespace stagedoor::http
