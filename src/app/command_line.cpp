#include "app/command_line.h"

#include "app/check.h"
#include "app/secret_commands.h"
#include "app/serve.h"
#include "app/session_commands.h"
#include "base/duration.h"
#include "config/reference.h"

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

void add_data_option(CLI::App& command, std::string& folder) {
    command
        .add_option(
            "--data",
            folder,
            "Folder for what the program keeps; default: $XDG_STATE_HOME/stagedoor or "
            "~/.local/state/stagedoor"
        )
        ->type_name("DIR");
}

struct ServeArguments {
    ServeOptions options;
    std::string data;
    std::string log_format;
    std::string log_level = "info";
};

void add_serve_options(CLI::App& command, ServeArguments& arguments) {
    add_config_option(command, arguments.options.config_files);
    add_data_option(command, arguments.data);
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

// `stagedoor store ...` and `stagedoor sessions ...`.
struct StoreArguments {
    std::vector<std::filesystem::path> config_files;
    std::string data;
    std::string format = "table";
    std::string user;
    std::string provider;
    std::string older_than;
    std::string idle_for;
    bool all = false;
    CLI::App* migrate = nullptr;
    CLI::App* status = nullptr;
    CLI::App* list = nullptr;
    CLI::App* revoke = nullptr;
};

CLI::App* add_store_command(
    CLI::App& parent, const std::string& name, const std::string& text, StoreArguments& arguments
) {
    auto* const command = parent.add_subcommand(name, text);
    add_config_option(*command, arguments.config_files);
    add_data_option(*command, arguments.data);
    command->add_option("--format", arguments.format, "table or json; default: table")
        ->check(CLI::IsMember({"table", "json"}));
    return command;
}

void add_selection(CLI::App& command, StoreArguments& arguments) {
    const CLI::Validator duration(
        [](const std::string& text) {
            const auto parsed = base::parse_duration(text);
            return parsed ? std::string() : parsed.error().message();
        },
        "DURATION"
    );
    command.add_option("--user", arguments.user, "Of this user: an e-mail address, or the provider's id")
        ->type_name("U");
    command.add_option("--provider", arguments.provider, "At this provider")->type_name("P");
    command.add_option("--older-than", arguments.older_than, "Whose login is longer ago: 30d, PT12H")
        ->check(duration);
    command.add_option("--idle-for", arguments.idle_for, "That were not used for so long")->check(duration);
}

void add_store_commands(CLI::App& program, StoreArguments& arguments) {
    auto* const store =
        program.add_subcommand("store", "Look at the session store, or bring its tables up to date");
    store->require_subcommand(1);
    arguments.migrate = add_store_command(*store, "migrate", "Bring the tables up to date", arguments);
    arguments.status =
        add_store_command(*store, "status", "Show what it is and how much it holds", arguments);
    auto* const sessions = program.add_subcommand("sessions", "List or end the sessions of users");
    sessions->require_subcommand(1);
    arguments.list = add_store_command(*sessions, "list", "List the sessions in the store", arguments);
    add_selection(*arguments.list, arguments);
    arguments.revoke =
        add_store_command(*sessions, "revoke", "End sessions, for good and on every replica", arguments);
    add_selection(*arguments.revoke, arguments);
    arguments.revoke->add_flag("--all", arguments.all, "All of them");
}

std::optional<std::chrono::milliseconds> duration_of(const std::string& text) {
    if (text.empty()) return std::nullopt;
    return base::parse_duration(text).value();
}

int run_store_command(const StoreArguments& arguments) {
    StoreOptions options;
    options.config_files = arguments.config_files;
    if (!arguments.data.empty()) options.data = arguments.data;
    options.as_json = arguments.format == "json";
    if (arguments.migrate->parsed()) return migrate_store(options);
    if (arguments.status->parsed()) return show_store(options);
    const SessionSelection selection{
        .user = arguments.user,
        .provider = arguments.provider,
        .older_than = duration_of(arguments.older_than),
        .idle_for = duration_of(arguments.idle_for),
    };
    if (arguments.list->parsed()) return list_sessions(options, selection);
    const bool is_restricted =
        !selection.user.empty() || !selection.provider.empty() || selection.older_than || selection.idle_for;
    if (is_restricted == arguments.all) {
        fmt::print(
            stderr,
            "stagedoor sessions revoke: say which sessions (--user, --provider, --older-than, --idle-for), "
            "or "
            "--all, and not both\n"
        );
        return kWrongUsage;
    }
    return revoke_sessions(options, selection);
}

// `stagedoor secret` and `stagedoor secret rotate`.
struct SecretArguments {
    std::vector<std::filesystem::path> config_files;
    std::string data;
    CLI::App* secret = nullptr;
    CLI::App* rotate = nullptr;
};

void add_secret_commands(CLI::App& program, SecretArguments& arguments) {
    arguments.secret = program.add_subcommand("secret", "Print a new secret for auth.session.secret");
    arguments.rotate = arguments.secret->add_subcommand(
        "rotate", "Print a new secret, and the steps to put it in the place of the present one"
    );
    arguments.rotate
        ->add_option(
            "--config", arguments.config_files, "The configuration, if the steps are to be those for it"
        )
        ->take_all()
        ->type_name("FILE");
    add_data_option(*arguments.rotate, arguments.data);
}

int run_secret(const SecretArguments& arguments) {
    if (!arguments.rotate->parsed()) return print_secret();
    std::optional<std::filesystem::path> data;
    if (!arguments.data.empty()) data = arguments.data;
    return explain_rotation(arguments.config_files, data);
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
    SecretArguments secret_arguments;
    add_secret_commands(program, secret_arguments);
    auto* const schema_command =
        program.add_subcommand("schema", "Print the JSON Schema of the configuration");
    StoreArguments store_arguments;
    add_store_commands(program, store_arguments);
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
        if (secret_arguments.secret->parsed()) return run_secret(secret_arguments);
        if (!schema_command->parsed()) return run_store_command(store_arguments);
        fmt::print("{}", as_markdown ? config::reference_markdown() : config::json_schema());
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "stagedoor: {}\n", error.what());
        return 1;
    }
}

}  // namespace stagedoor::app
