#pragma once

// The statements of PostgresStore, each of them one round trip and atomic. A SELECT beside a change sees the
// row as it was when the statement began; where that leaves open what happened, the store asks again.
namespace stagedoor::store::statements {

// The database's clock, in milliseconds; not the start of a statement that may have waited for a lock.
#define STORE_NOW "(extract(epoch from clock_timestamp()) * 1000)::bigint"
// For conditions on many rows, where an index has to be used.
#define STORE_START "(extract(epoch from statement_timestamp()) * 1000)::bigint"
// In the order of read_session().
#define STORE_COLUMNS \
    "id, provider, environment, subject, user_name, created_at, used_at, expires_at, version, ended"
#define STORE_RECORD STORE_COLUMNS ", record, answers"
// $1 id, ... $13 user_key; a row whose time is over is taken for none, but its fence counts on.
#define STORE_ADD(condition)                                                                            \
    "INSERT INTO sessions AS s (" STORE_RECORD                                                          \
    ", user_key) "                                                                                      \
    "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::bigint::smallint, $11, $12, $13 WHERE " condition  \
    " "                                                                                                 \
    "ON CONFLICT (id) DO UPDATE SET provider = excluded.provider, environment = excluded.environment, " \
    "subject = excluded.subject, user_name = excluded.user_name, user_key = excluded.user_key, "        \
    "created_at = excluded.created_at, used_at = excluded.used_at, expires_at = excluded.expires_at, "  \
    "version = excluded.version, fence = s.fence + 1, committed = 0, taken_over = false, "              \
    "lease_until = NULL, ended = excluded.ended, record = excluded.record, answers = excluded.answers " \
    "WHERE s.expires_at <= " STORE_NOW " RETURNING " STORE_RECORD

inline constexpr const char* kFind =
    "SELECT " STORE_RECORD " FROM sessions WHERE id = $1 AND expires_at > " STORE_NOW;

// $2 the beginning of the record that is known.
inline constexpr const char* kFindAgain =
    "SELECT " STORE_COLUMNS
    ", CASE WHEN same THEN ''::bytea ELSE record END, CASE WHEN same THEN ''::bytea ELSE answers END "
    "FROM (SELECT *, substring(record FROM 1 FOR length($2)) = $2 AS same FROM sessions "
    "WHERE id = $1 AND expires_at > " STORE_NOW ") AS found";

inline constexpr const char* kFindOrAdd = "WITH present AS MATERIALIZED (SELECT " STORE_RECORD
                                          " FROM sessions WHERE id = $1 AND expires_at > " STORE_NOW
                                          "), added AS (" STORE_ADD("NOT EXISTS (SELECT FROM present)"
                                          ) ") "
                                            "SELECT * FROM present UNION ALL SELECT * FROM added";

inline constexpr const char* kClaim =
    "WITH granted AS (UPDATE sessions SET fence = fence + 1, taken_over = lease_until IS NOT NULL, "
    "lease_until = " STORE_NOW " + $2 WHERE id = $1 AND ended IS NULL AND expires_at > " STORE_NOW
    " AND (lease_until IS NULL OR lease_until <= " STORE_NOW
    ") "
    "RETURNING " STORE_RECORD
    ", true, fence, taken_over, 0::bigint) "
    "SELECT * FROM granted UNION ALL SELECT " STORE_RECORD
    ", false, fence, taken_over, lease_until - " STORE_NOW
    " FROM sessions WHERE id = $1 AND expires_at > " STORE_NOW " AND NOT EXISTS (SELECT FROM granted)";

inline constexpr const char* kRenew =
    "UPDATE sessions SET lease_until = " STORE_NOW
    " + $3 WHERE id = $1 AND fence = $2 "
    "AND lease_until IS NOT NULL AND ended IS NULL AND expires_at > " STORE_NOW;

inline constexpr const char* kCommit =
    "WITH written AS (UPDATE sessions SET subject = $3, user_name = $4, user_key = $5, used_at = " STORE_NOW
    ", expires_at = $6, record = $7, answers = $8, version = version + 1, committed = fence, lease_until = "
    "NULL "
    "WHERE id = $1 AND fence = $2 AND committed <> fence AND ended IS NULL AND expires_at > " STORE_NOW
    " RETURNING 1) "
    "SELECT EXISTS (SELECT FROM written), s.id IS NOT NULL, s.ended IS NOT NULL, coalesce(s.fence = $2, "
    "false), "
    "coalesce(s.committed = $2, false) "
    "FROM (VALUES (1)) AS one LEFT JOIN sessions s ON s.id = $1 AND s.expires_at > " STORE_NOW;

inline constexpr const char* kRelease =
    "UPDATE sessions SET lease_until = NULL WHERE id = $1 AND fence = $2 AND lease_until IS NOT NULL";

inline constexpr const char* kExtend = "UPDATE sessions SET expires_at = $2, used_at = " STORE_NOW
                                       " WHERE id = $1 AND ended IS NULL AND expires_at > " STORE_NOW;

// $14 reason, $15 fence or NULL. A row with `true` is the one before, locked; one with `false` was added.
inline constexpr const char* kEnd =
    "WITH before AS MATERIALIZED (SELECT " STORE_RECORD
    ", fence FROM sessions WHERE id = $1 AND expires_at > " STORE_NOW
    " FOR UPDATE), "
    "changed AS (UPDATE sessions s SET ended = $14::bigint::smallint, record = '', answers = '', lease_until "
    "= NULL "
    "FROM before b WHERE s.id = b.id AND b.ended IS NULL AND ($15::bigint IS NULL OR b.fence = $15) "
    "RETURNING 1), "
    "added AS (" STORE_ADD("$15::bigint IS NULL AND NOT EXISTS (SELECT FROM before)"
    ) ") "
      "SELECT " STORE_RECORD
      ", true FROM before "
      "WHERE $15::bigint IS NULL OR (fence = $15 AND ended IS NULL) "
      "UNION ALL SELECT *, false FROM added";

inline constexpr const char* kDeposit =
    "INSERT INTO handovers AS h (name, sealed, expires_at) VALUES ($1, $2, " STORE_NOW
    " + $3) "
    "ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, expires_at = excluded.expires_at "
    "WHERE h.expires_at <= " STORE_NOW;

inline constexpr const char* kCollect =
    "DELETE FROM handovers WHERE name = $1 RETURNING sealed, expires_at > " STORE_NOW;

// Rows that another replica sweeps or prolongs just now are left to it.
inline constexpr const char* kSweep =
    "WITH old_sessions AS MATERIALIZED (SELECT id FROM sessions WHERE expires_at <= " STORE_START
    " ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED), "
    "sessions_gone AS (DELETE FROM sessions s USING old_sessions o WHERE s.id = o.id RETURNING 1), "
    "old_handovers AS MATERIALIZED (SELECT name FROM handovers WHERE expires_at <= " STORE_START
    " ORDER BY expires_at LIMIT $1 - (SELECT count(*) FROM old_sessions) FOR UPDATE SKIP LOCKED), "
    "handovers_gone AS (DELETE FROM handovers h USING old_handovers o WHERE h.name = o.name RETURNING 1) "
    "SELECT (SELECT count(*) FROM sessions_gone) + (SELECT count(*) FROM handovers_gone)";

inline constexpr const char* kStatus =
    "SELECT (SELECT max(version) FROM schema_version), count(*) FILTER (WHERE ended IS NULL), "
    "count(*) FILTER (WHERE ended IS NOT NULL), "
    "(SELECT count(*) FROM handovers WHERE expires_at > " STORE_START
    ") "
    "FROM sessions WHERE expires_at > " STORE_START;

}  // namespace stagedoor::store::statements
