#pragma once

#include "base/timer.h"
#include "http/client/client.h"

#include <boost/asio/this_coro.hpp>

#include <functional>
#include <string>
#include <vector>

namespace stagedoor::support {

// Other servers, played by a function. Keeps what was sent; can hold answers back, so that a test decides
// what happens meanwhile.
class FakeClient final : public http::Client {
 public:
    using Answer = std::function<base::Result<http::ClientResponse>(const http::ClientRequest&)>;

    Answer answer;
    std::vector<http::ClientRequest> requests;

    [[nodiscard]] base::Task<base::Result<http::ClientResponse>> send(http::ClientRequest request) override {
        requests.push_back(request);
        if (held_) {
            const auto executor = co_await boost::asio::this_coro::executor;
            auto timer =
                std::make_shared<base::Timer>(executor, std::chrono::steady_clock::time_point::max());
            waiting_.push_back(timer);
            const auto [released] = co_await timer->async_wait(base::kAwait);
            static_cast<void>(released);
        }
        co_return answer(request);
    }

    void hold() { held_ = true; }
    void release() {
        held_ = false;
        for (const auto& timer : waiting_) timer->cancel();
        waiting_.clear();
    }
    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
    // The requests whose URL begins so.
    [[nodiscard]] std::vector<http::ClientRequest> sent_to(std::string_view url) const {
        std::vector<http::ClientRequest> found;
        for (const auto& request : requests) {
            if (request.url.starts_with(url)) found.push_back(request);
        }
        return found;
    }

 private:
    bool held_ = false;
    std::vector<std::shared_ptr<base::Timer>> waiting_;
};

inline http::ClientResponse json_answer(std::string body, int status = 200) {
    return {
        .status = status,
        .fields = {{"Content-Type", "application/json"}},
        .body = std::move(body),
        .repeated = false
    };
}

}  // namespace stagedoor::support
