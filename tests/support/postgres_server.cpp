#include "support/postgres_server.h"

#include <arpa/inet.h>
#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace stagedoor::support {

namespace {

std::uint16_t free_port() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const bool good = bind(socket, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(socket);
    if (!good) throw std::runtime_error("there is no free port");
    return ntohs(address.sin_port);
}

std::string find_programs() {
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
        if (std::filesystem::exists(entry.path() / "bin" / "initdb")) return (entry.path() / "bin").string();
    }
    throw std::runtime_error("PostgreSQL is not installed: apt install postgresql-15");
}

void write_for_owner(const std::filesystem::path& file, const std::string& text, uid_t owner) {
    std::ofstream(file) << text;
    std::filesystem::permissions(file, std::filesystem::perms(0600));
    if (chown(file.c_str(), owner, static_cast<gid_t>(-1)) != 0) throw std::runtime_error("chown");
}

void run(const std::vector<std::string>& command) {
    ChildProcess child(command);
    if (child.wait() != 0) throw std::runtime_error(command.back() + ": " + child.output());
}

}  // namespace

PostgresServer::PostgresServer() : programs_(find_programs()), port_(free_port()) {
    make();
    start();
    execute(
        "CREATE ROLE app LOGIN CREATEDB PASSWORD 'secret'; CREATE ROLE tls_only LOGIN IN ROLE app PASSWORD "
        "'secret'; "
        "CREATE ROLE poor LOGIN PASSWORD 'secret'"
    );
}

PostgresServer::~PostgresServer() {
    end(SIGQUIT);
}

// The server refuses to run as root.
std::vector<std::string> PostgresServer::as_owner(std::vector<std::string> command) const {
    std::vector<std::string> whole{"/usr/bin/env", "LC_ALL=C"};
    if (geteuid() == 0) {
        for (const auto* word : {"setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"}) {
            whole.emplace_back(word);
        }
    }
    // It ends with the test, however that ends.
    for (const auto* word : {"setpriv", "--pdeathsig=QUIT"}) whole.emplace_back(word);
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

void PostgresServer::make() {
    uid_t owner = geteuid();
    if (owner == 0) {
        const auto* const user = getpwnam("postgres");
        if (user == nullptr) throw std::runtime_error("there is no user 'postgres'");
        owner = user->pw_uid;
        if (chown(folder_.path().c_str(), owner, user->pw_gid) != 0) throw std::runtime_error("chown");
    }
    const auto data = folder_.path() / "data";
    run(as_owner(
        {programs_ + "/initdb",
         "--no-sync",
         "--username=postgres",
         "--auth=trust",
         "--encoding=UTF8",
         "--pgdata",
         data.string()}
    ));
    const auto identity = authority_.issue({"localhost"});
    write_for_owner(data / "server.crt", identity.certificate, owner);
    write_for_owner(data / "server.key", identity.key, owner);
    write_for_owner(
        data / "pg_hba.conf",
        "local all all trust\n"
        "hostnossl all tls_only all reject\n"
        "host all all all scram-sha-256\n",
        owner
    );
    std::ofstream(data / "postgresql.conf", std::ios::app)
        << "listen_addresses = 'localhost'\n"
        << "unix_socket_directories = '" << folder_.path().string() << "'\n"
        << "port = " << port_ << "\n"
        << "ssl = on\nfsync = off\nfull_page_writes = off\nmax_connections = 50\nlogging_collector = on\n";
}

void PostgresServer::start() {
    const auto data = (folder_.path() / "data").string();
    process_ = std::make_unique<ChildProcess>(as_owner({programs_ + "/postgres", "-D", data}));
    for (;;) {
        ChildProcess probe(
            {programs_ + "/pg_isready", "-q", "-h", folder_.path().string(), "-p", std::to_string(port_)}
        );
        if (probe.wait() == 0) return;
        if (!process_->is_running())
            throw std::runtime_error("the server did not start: " + process_->output());
    }
}

void PostgresServer::stop() {
    end(SIGINT);
}

void PostgresServer::crash() {
    end(SIGQUIT);
}

void PostgresServer::end(int signal) {
    if (!process_) return;
    process_->signal(signal);
    process_->wait();
    process_.reset();
}

std::string PostgresServer::url(const std::string& database, const std::string& role) const {
    return "postgresql://" + role + ":secret@localhost:" + std::to_string(port_) + "/" + database;
}

std::string PostgresServer::execute(const std::string& sql, const std::string& database) const {
    ChildProcess psql(
        {"/usr/bin/psql",
         "-XqtA",
         "-vON_ERROR_STOP=1",
         "-h",
         folder_.path().string(),
         "-p",
         std::to_string(port_),
         "-U",
         "postgres",
         "-d",
         database,
         "-c",
         sql}
    );
    if (psql.wait() != 0) throw std::runtime_error(sql + ": " + psql.output());
    auto output = psql.output();
    while (output.ends_with('\n')) output.pop_back();
    return output;
}

std::string PostgresServer::make_database() {
    const auto name = "test" + std::to_string(++databases_);
    execute("CREATE DATABASE " + name + " OWNER app");
    return name;
}

PostgresServer& postgres_server() {
    static PostgresServer server;
    return server;
}

}  // namespace stagedoor::support
