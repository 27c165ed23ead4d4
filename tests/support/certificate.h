#pragma once

#include <string>

namespace stagedoor::support {

// A file of its own name in the system's folder for temporary files, removed at the end.
class TemporaryFile {
   public:
    TemporaryFile();
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

   private:
    std::string path_;
};

// Writes a new P-256 key, and a certificate for localhost, 127.0.0.1 and `common_name` that it has signed itself, both as
// PEM. Valid for a day.
void write_certificate(
    const std::string& certificate_file,
    const std::string& private_key_file,
    const std::string& common_name
);

}  // namespace stagedoor::support
