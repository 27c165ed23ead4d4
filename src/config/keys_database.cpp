#include "config/keys.h"

#include <array>

namespace stagedoor::config {
namespace {

constexpr std::string_view kBlob = "PEM text, usually by `$file`.";

constexpr std::array kDatabase{
    Key{.path = "backend.database",
        .open = true,
        .text = "Backstage's database. Looked into only with `auth.session.store: postgres`."},
    Key{.path = "backend.database.client", .kind = Kind::text, .text = "Must be `pg`."},
    Key{.path = "backend.database.connection",
        .instead = Kind::secret,
        .open = true,
        .text = "A connection string (`postgresql://...`), or an object."},
    Key{.path = "backend.database.connection.host",
        .kind = Kind::text,
        .fallback = "`localhost`",
        .text =
            "A name, an address, or the folder of a local socket. Several, separated by commas: the first "
            "that takes writes is used."},
    Key{.path = "backend.database.connection.port",
        .kind = Kind::whole_number,
        .fallback = "5432",
        .min = 1,
        .max = 65535,
        .text = "Its port."},
    Key{.path = "backend.database.connection.user", .kind = Kind::text, .text = "The role to log in as."},
    Key{.path = "backend.database.connection.password", .kind = Kind::secret, .text = "Its password."},
    Key{.path = "backend.database.connection.database",
        .kind = Kind::text,
        .fallback = "`{prefix}auth`",
        .text = "The database. Stagedoor's tables are in a schema of their own, `stagedoor`."},
    Key{.path = "backend.database.connection.ssl",
        .instead = Kind::flag,
        .open = true,
        .text = "TLS. `true`, or an object: required, and the server's certificate is checked. `false`: "
                "none. Absent: "
                "if the server has it, unchecked."},
    Key{.path = "backend.database.connection.ssl.ca",
        .kind = Kind::text,
        .fallback = "those of the system",
        .text = "The authorities that the server's certificate may come from. PEM text, usually by `$file`."},
    Key{.path = "backend.database.connection.ssl.cert", .kind = Kind::text, .text = kBlob},
    Key{.path = "backend.database.connection.ssl.key", .kind = Kind::secret, .text = kBlob},
    Key{.path = "backend.database.connection.ssl.rejectUnauthorized",
        .kind = Kind::flag,
        .fallback = "`true`",
        .text = "`false`: any certificate is taken, and so anybody can be the server."},
    Key{.path = "backend.database.prefix",
        .kind = Kind::text,
        .fallback = "`backstage_plugin_`",
        .text = "What the names of databases begin with."},
    Key{.path = "backend.database.ensureExists",
        .kind = Kind::flag,
        .fallback = "`true`",
        .text = "Create the database if it is missing."},
    Key{.path = "backend.database.plugin", .open = true, .text = "Settings of single plugins."},
    Key{.path = "backend.database.plugin.auth",
        .open = true,
        .text = "`client`, `connection` and `ensureExists` here win over those above, key by key."},
};

}  // namespace

std::span<const Key> database_keys() {
    return kDatabase;
}

}  // namespace stagedoor::config
