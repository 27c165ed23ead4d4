#include "app/data_folder.h"

#include "base/encoding.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace stagedoor::app {

namespace {

std::runtime_error failure(std::string_view what, const std::filesystem::path& file, int error) {
    return std::runtime_error(fmt::format(
        "{} {}: {}. Name another folder with --data.",
        what,
        file.string(),
        std::generic_category().message(error)
    ));
}

// Writes all of it to a new file that nobody else may read, and makes it last.
void write_new(const std::filesystem::path& file, std::string_view text) {
    const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) throw failure("Can't create", file, errno);
    const auto written = write(descriptor, text.data(), text.size());
    const bool good = written == static_cast<ssize_t>(text.size()) && fsync(descriptor) == 0;
    const int error = good ? 0 : errno;
    close(descriptor);
    if (good) return;
    unlink(file.c_str());
    throw failure("Can't write", file, error);
}

base::Secret read_secret(const std::filesystem::path& file) {
    struct stat status{};
    if (stat(file.c_str(), &status) != 0) throw failure("Can't read", file, errno);
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        throw std::runtime_error(fmt::format(
            "{} can be read by others. Run: chmod 600 {} (and replace the secret if somebody may have read "
            "it).",
            file.string(),
            file.string()
        ));
    }
    std::ifstream in(file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    while (text.ends_with('\n')) text.pop_back();
    if (text.empty()) {
        throw std::runtime_error(
            fmt::format("{} is empty. Remove it, and a new secret is made.", file.string())
        );
    }
    return base::Secret(std::move(text));
}

}  // namespace

std::filesystem::path data_folder(const std::optional<std::filesystem::path>& chosen) {
    if (chosen) return std::filesystem::absolute(*chosen);
    if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
        return std::filesystem::path(state) / "stagedoor";
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
        return std::filesystem::path(home) / ".local" / "state" / "stagedoor";
    }
    throw std::runtime_error("There is no home folder to keep data in. Name a folder with --data.");
}

void make_data_folder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder.parent_path(), error);
    if (mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) throw failure("Can't create", folder, errno);
}

std::filesystem::path secret_file(const std::filesystem::path& folder) {
    return folder / "session-secret";
}

KeptSecret keep_secret(const std::filesystem::path& folder, base::Random& random) {
    make_data_folder(folder);
    const auto file = secret_file(folder);
    bool is_new = false;
    if (!std::filesystem::exists(file)) {
        // Written under another name first and then linked: the file appears as a whole, and of two processes
        // that make one at the same time the second finds the first one's.
        const auto draft =
            folder / fmt::format("session-secret.{}", base::base64url_encode(random.bytes<9>()));
        write_new(draft, make_secret(random).reveal() + "\n");
        is_new = link(draft.c_str(), file.c_str()) == 0;
        const int link_error = errno;
        unlink(draft.c_str());
        if (!is_new && link_error != EEXIST) throw failure("Can't create", file, link_error);
    }
    return {.secret = read_secret(file), .file = file, .is_new = is_new};
}

base::Secret make_secret(base::Random& random) {
    auto bytes = random.bytes<32>();
    base::Secret secret(base::base64url_encode(bytes));
    explicit_bzero(bytes.data(), bytes.size());
    return secret;
}

}  // namespace stagedoor::app
