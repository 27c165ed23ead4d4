#pragma once

#include <string>
#include <string_view>

namespace stagedoor::app {

// A file that is in memory alone, for a library that wants a path where we have a text. It goes with this
// object.
class MemoryFile {
 public:
    // Throws std::system_error.
    explicit MemoryFile(std::string_view content);
    ~MemoryFile();
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    // Good in this process only.
    [[nodiscard]] std::string path() const;

 private:
    int descriptor_;
};

}  // namespace stagedoor::app
