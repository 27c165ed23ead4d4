#pragma once

// Names under stagedoor.test that the whole test program resolves by itself, whatever the network says:
//   inside.stagedoor.test  127.0.0.1
//   absent.stagedoor.test  no such name
//   slow.stagedoor.test    no answer while a SlowNames object lives
namespace stagedoor::http {

// Holds up the look-ups of slow.stagedoor.test. The end of the object lets them go.
class SlowNames {
 public:
    SlowNames();
    ~SlowNames();
    SlowNames(const SlowNames&) = delete;
    SlowNames& operator=(const SlowNames&) = delete;

    // True if a look-up was let go because it took ten seconds: something waited for it.
    [[nodiscard]] bool gave_up() const;
};

}  // namespace stagedoor::http
