#pragma once

namespace stagedoor::app {

// The program: reads its arguments and runs the command that they name. Returns the exit code: 0 for success,
// 1 if the command failed, 2 if the arguments make no sense.
[[nodiscard]] int run_command_line(int argc, char** argv);

}  // namespace stagedoor::app
