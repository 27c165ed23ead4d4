#include "targets.h"
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Runs a target over the files of its corpus, without a fuzzer: a test that keeps targets and corpus alive.
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: fuzz_replay TARGET FOLDER\n");
        return 2;
    }
    const auto* target = std::ranges::find(
        stagedoor::fuzz::kTargets, std::string_view(argv[1]), &stagedoor::fuzz::Target::name
    );
    if (target == stagedoor::fuzz::kTargets.end()) {
        std::fprintf(stderr, "there is no target %s\n", argv[1]);
        return 2;
    }
    target->run({});
    const auto files = files_in(argv[2]);
    for (const auto& file : files) {
        // Named first: a target that fails ends the process.
        std::printf("%s\n", file.filename().c_str());
        std::fflush(stdout);
        target->run(read(file));
    }
    if (files.empty()) {
        std::fprintf(stderr, "there are no files in %s\n", argv[2]);
        return 1;
    }
    return 0;
}
