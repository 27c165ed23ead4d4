#include "http/client/fake_resolver.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <dlfcn.h>
#include <mutex>
#include <netdb.h>
#include <string_view>

namespace stagedoor::http {
namespace {

struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool closed = false;
    bool gave_up = false;
};

Gate& gate() {
    static Gate instance;
    return instance;
}

void wait_at_gate() {
    std::unique_lock lock(gate().mutex);
    const bool opened =
        gate().changed.wait_for(lock, std::chrono::seconds(10), [] { return !gate().closed; });
    if (!opened) gate().gave_up = true;
}

}  // namespace

SlowNames::SlowNames() {
    const std::lock_guard lock(gate().mutex);
    gate().closed = true;
    gate().gave_up = false;
}

SlowNames::~SlowNames() {
    {
        const std::lock_guard lock(gate().mutex);
        gate().closed = false;
    }
    gate().changed.notify_all();
}

bool SlowNames::gave_up() const {
    const std::lock_guard lock(gate().mutex);
    return gate().gave_up;
}

// The other tests believe in this.
TEST(FakeResolver, TakesThePlaceOfTheSystems) {
    addrinfo* found = nullptr;
    ASSERT_EQ(::getaddrinfo("inside.stagedoor.test", "80", nullptr, &found), 0);
    ::freeaddrinfo(found);
    EXPECT_EQ(::getaddrinfo("absent.stagedoor.test", "80", nullptr, &found), EAI_NONAME);
}

}  // namespace stagedoor::http

// Takes the place of the C library's function for this program and the libraries that it loads, libcurl among
// them.
extern "C" __attribute__((visibility("default"))) int getaddrinfo(
    const char* node, const char* service, const addrinfo* hints, addrinfo** result
) {
    using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
    static const auto system = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
    const std::string_view name = node != nullptr ? node : "";
    if (name == "absent.stagedoor.test") return EAI_NONAME;
    if (name == "slow.stagedoor.test") {
        stagedoor::http::wait_at_gate();
        return EAI_AGAIN;
    }
    return system(name == "inside.stagedoor.test" ? "127.0.0.1" : node, service, hints, result);
}
