#pragma once

#include "support/child_process.h"
#include "support/temporary_folder.h"
#include "support/test_certificates.h"

#include <cstdint>
#include <memory>
#include <string>

namespace stagedoor::support {

// A PostgreSQL server of the tests' own, on a free port of 127.0.0.1 and with TLS, whose certificate is for
// "localhost". Its roles, with the password "secret":
//  app        may create databases
//  tls_only   as app, but only with TLS
//  poor       may log in, and has no other right
// What it holds is lost with this object, and not flushed to the disk.
class PostgresServer {
 public:
    // Makes and starts it. Throws std::runtime_error.
    PostgresServer();
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] const std::string& certificate_authority() const { return authority_.certificate(); }
    // "postgresql://app:secret@localhost:PORT/DATABASE"
    [[nodiscard]] std::string url(const std::string& database, const std::string& role = "app") const;
    // Runs SQL as the administrator; what a single value is, is returned.
    std::string execute(const std::string& sql, const std::string& database = "postgres") const;
    // A new database of the role `app`.
    std::string make_database();

    // Returns when it takes connections. The server ends with the thread that calls this.
    void start();
    // Ends all connections in order.
    void stop();
    // As a loss of power would: what was not committed is gone.
    void crash();

 private:
    void make();
    void end(int signal);
    [[nodiscard]] std::vector<std::string> as_owner(std::vector<std::string> command) const;

    TemporaryFolder folder_;
    TestAuthority authority_;
    std::string programs_;
    std::uint16_t port_ = 0;
    int databases_ = 0;
    std::unique_ptr<ChildProcess> process_;
};

// The one server of a test program, made when it is first asked for.
[[nodiscard]] PostgresServer& postgres_server();

}  // namespace stagedoor::support
