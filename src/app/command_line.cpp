#include "app/command_line.h"

#include "app/check.h"
#include "app/data_folder.h"
#include "app/serve.h"
#include "config/reference.h"
#include "crypto/system_random.h"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <unistd.h>

namespace stagedoor::app {

namespace {

constexpr int kWrongUsage = 2;

void add_config_option(CLI::App& command, std::vector<std::filesystem::path>& files) {
    command
        .add_option(
            "--config",
            files,
            "A configuration file (app-config.yaml); given again, a later file wins over an earlier one"
        )
        ->required()
        ->take_all()
        ->type_name("FILE");
}

struct ServeArguments {
    ServeOptions options;
    std::string data;
    std::string log_format;
    std::string log_level = "info";
};

void add_serve_options(CLI::App& command, ServeArguments& arguments) {
    add_config_option(command, arguments.options.config_files);
    command
        .add_option(
            "--data",
            arguments.data,
            "Folder for what the program keeps; default: $XDG_STATE_HOME/stagedoor or "
            "~/.local/state/stagedoor"
        )
        ->type_name("DIR");
    command
        .add_option(
            "--log-format", arguments.log_format, "json or text; default: text on a terminal, else json"
        )
        ->check(CLI::IsMember({"json", "text"}));
    command
        .add_option(
            "--log-level",
            arguments.log_level,
            "What to log at least: debug, info, warning or error; default: info"
        )
        ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
    command
        .add_option(
            "--threads", arguments.options.threads, "Threads that serve; default: one for each processor"
        )
        ->check(CLI::Range(1, 256))
        ->type_name("N");
}

base::LogLevel log_level(const std::string& name) {
    if (name == "debug") return base::LogLevel::debug;
    if (name == "warning") return base::LogLevel::warning;
    return name == "error" ? base::LogLevel::error : base::LogLevel::info;
}

int run_serve(ServeArguments arguments) {
    if (!arguments.data.empty()) arguments.options.data = arguments.data;
    const bool is_text =
        arguments.log_format.empty() ? isatty(STDERR_FILENO) != 0 : arguments.log_format == "text";
    arguments.options.log_format = is_text ? telemetry::LogFormat::text : telemetry::LogFormat::json;
    arguments.options.log_level = log_level(arguments.log_level);
    return serve(arguments.options);
}

int run_secret() {
    crypto::SystemRandom random;
    fmt::print("{}\n", make_secret(random).reveal());
    return 0;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App program(
        "Stagedoor gets OAuth access tokens and OpenID Connect ID tokens for a web app.", "stagedoor"
    );
    program.set_version_flag("--version", "stagedoor " STAGEDOOR_VERSION);
    program.require_subcommand(1);
    program.footer("Exit code: 0 success, 1 failure, 2 wrong usage. Documentation: docs/ of the source.");

    ServeArguments arguments;
    arguments.options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, 256U);
    std::vector<std::filesystem::path> check_files;
    auto* const serve_command = program.add_subcommand("serve", "Serve until SIGTERM or SIGINT");
    add_serve_options(*serve_command, arguments);
    auto* const check_command =
        program.add_subcommand("check", "Check the configuration, and print the redirect URIs to register");
    add_config_option(*check_command, check_files);
    auto* const secret_command =
        program.add_subcommand("secret", "Print a new secret for auth.session.secret");
    auto* const schema_command =
        program.add_subcommand("schema", "Print the JSON Schema of the configuration");
    bool as_markdown = false;
    schema_command->add_flag("--markdown", as_markdown, "Print the tables of docs/configuration.md instead");

    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? 0 : kWrongUsage;
    }
    try {
        if (serve_command->parsed()) return run_serve(std::move(arguments));
        if (check_command->parsed()) return check(check_files);
        if (secret_command->parsed()) return run_secret();
        fmt::print("{}", as_markdown ? config::reference_markdown() : config::json_schema());
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "stagedoor: {}\n", error.what());
        return 1;
    }
}

}  // namespace stagedoor::app
