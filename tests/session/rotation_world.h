#pragma once

#include "session/errors.h"
#include "session/rotation.h"
#include "session/session_id.h"
#include "session/session_keeper.h"
#include "support/capturing_log.h"
#include "support/manual_clock.h"
#include "support/memory_store.h"
#include "support/seeded_random.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

// A small world for the rotation: replicas on one store, a provider that rotates refresh tokens, a browser
// with several tabs, and somebody who decides what happens next. Everything that takes time in reality (a
// step of the store, of the provider, of the network, a wait) stops here, and goes on when it is chosen; a
// replica may stall or die in between. The code that runs is the real one: Rotation and SessionKeeper.
namespace stagedoor::session::model {

class Violation : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

// How the provider takes a refresh token that was used before.
enum class Reuse : std::uint8_t {
    ends_the_family,          // always
    is_forgiven_for_the_last  // not if it is the last that was spent, and what it brought was not used yet
};

struct Odds {
    Reuse reuse = Reuse::ends_the_family;
    unsigned crash = 2;  // of a thousand steps
    unsigned stall = 2;
    unsigned store_fault = 0;
    unsigned provider_fault = 0;  // before anything happened there
    unsigned provider_lost = 0;   // after it rotated
    unsigned lost_answer = 50;    // of the answers to the browser
    unsigned sign_out = 0;
    int requests = 8;
};

class World {
 public:
    World(std::uint64_t seed, Odds odds);
    ~World();

    // Lets things happen until all requests were made and answered, then looks whether the session is still
    // there.
    void run();

    [[nodiscard]] int provider_calls() const { return calls_; }
    [[nodiscard]] int reuses() const { return reuses_; }
    [[nodiscard]] bool ended_by_verdict() const { return !family_alive_; }
    [[nodiscard]] bool is_excused() const { return excused_; }

 private:
    struct Replica;
    // A point at which something of a replica waits to be chosen.
    struct Step {
        Replica* replica;
        std::weak_ptr<base::Timer> timer;
        base::SteadyTime not_before;
        const char* what;
    };
    struct Token {
        std::string parent;
        bool used = false;
        std::string successor;  // the last one that it brought
    };
    // What a tab sent, and what is on its way back to it.
    struct Request {
        std::uint64_t generation;  // of the cookie that it was sent with
        int seen;                  // the newest answer that the browser had
        bool after_sign_out;
        std::optional<base::Result<std::shared_ptr<const Refreshed>>> answer;
    };
    class Waiter;

    [[nodiscard]] base::Task<> stop_here(const char* what, std::chrono::milliseconds time);
    [[nodiscard]] base::Task<RenewalResult> call_provider(
        SessionRecord record, HoldsLease holds_lease, Replica* replica
    );
    [[nodiscard]] RenewalResult rotate(SessionRecord record);

    bool choose();  // false if nothing can happen any more
    void go_on(std::size_t step);
    void start_request(Replica& replica);
    void sign_out(Replica& replica);
    void deliver(std::size_t request);
    void stall_or_crash(bool crash);
    void excuse_what_is_open(const Replica& replica);
    void resume_all();
    void check_row();
    void accept(const std::string& token);
    void finish_all();
    bool happens(unsigned of_a_thousand) { return pick(1000) < of_a_thousand; }
    std::size_t pick(std::size_t count) { return static_cast<std::size_t>(engine_() % count); }

    Odds odds_;
    std::mt19937_64 engine_;
    support::ManualClock clock_;
    support::SeededRandom random_;
    support::CapturingLog log_;
    const crypto::KeyRing& keys_;
    support::MemoryStore store_{clock_};
    std::vector<std::unique_ptr<Replica>> replicas_;
    std::vector<Step> steps_;
    std::vector<std::shared_ptr<Request>> requests_;
    std::vector<const char*> trace_;
    std::string violation_;
    bool calm_ = false;  // nothing bad happens any more

    std::map<std::string, Token> tokens_;
    int next_token_ = 0;
    int calls_ = 0;
    int reuses_ = 0;
    bool family_alive_ = true;
    bool excused_ = false;  // the window that can't be closed was hit
    std::map<std::string, std::string> accepted_child_;

    SessionRecord jar_;  // the browser's cookie
    int seen_ = 0;
    bool signed_out_ = false;
    std::uint64_t row_version_ = 0;
    std::uint64_t row_generation_ = 0;
};

}  // namespace stagedoor::session::model
