#include "app/memory_file.h"

#include <cerrno>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stagedoor::app {

MemoryFile::MemoryFile(std::string_view content) : descriptor_(memfd_create("stagedoor", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
    // Libraries refuse a private key that others could read.
    static_cast<void>(fchmod(descriptor_, S_IRUSR | S_IWUSR));
    while (!content.empty()) {
        const auto written = write(descriptor_, content.data(), content.size());
        if (written < 0) {
            const int error = errno;
            close(descriptor_);
            throw std::system_error(error, std::generic_category(), "writing a file in memory");
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
}

MemoryFile::~MemoryFile() {
    close(descriptor_);
}

std::string MemoryFile::path() const {
    return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace stagedoor::app
