#pragma once

#include <boost/asio/cancellation_signal.hpp>

namespace stagedoor::session {

// What the one who waits for the provider and the one who prolongs the lease meanwhile know of each other.
struct LeaseKeeper {
    bool working = true;
    bool waiting = false;  // and nothing else, so that it can be interrupted
    boost::asio::cancellation_signal stop;
};

// Ends the prolonging, however the wait for the provider ends.
class LeaseGuard {
 public:
    explicit LeaseGuard(LeaseKeeper& keeper) : keeper_(keeper) {}
    ~LeaseGuard() {
        keeper_.working = false;
        if (keeper_.waiting) keeper_.stop.emit(boost::asio::cancellation_type::terminal);
    }
    LeaseGuard(const LeaseGuard&) = delete;
    LeaseGuard& operator=(const LeaseGuard&) = delete;

 private:
    LeaseKeeper& keeper_;
};

}  // namespace stagedoor::session
