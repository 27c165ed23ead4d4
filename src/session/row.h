#pragma once

#include "base/random.h"
#include "base/result.h"
#include "crypto/seal.h"
#include "session/answer.h"
#include "session/session_record.h"
#include "session/store.h"

#include <optional>
#include <vector>

// The inside of a stored row: sealed for its provider and environment, and bound to its id, so that whoever
// can write to the database can neither read a session nor hand it to another user.
namespace stagedoor::session {

struct RowContent {
    SessionRecord record;
    std::vector<Answer> answers;
    std::optional<base::SystemTime> retired_at;  // a login in the same browser has taken its place
    bool newest_key = true;                      // false: sealed with an older key, which may be removed
};

// The row of a session that has no row yet.
[[nodiscard]] StoredSession make_row(
    const crypto::KeyRing& keys,
    std::string_view provider,
    std::string_view environment,
    const SessionRecord& record,
    base::SystemTime now,
    base::Random& random
);
// What the holder of a lease writes.
[[nodiscard]] Commit make_commit(
    const crypto::KeyRing& keys,
    const StoredSession& row,
    std::uint64_t fence,
    const RowContent& content,
    base::Random& random
);
// Error: session.invalid, for a row that was not made for this place with a key of the ring. Answers that
// can't be read are as good as none.
[[nodiscard]] base::Result<RowContent> open_row(const crypto::KeyRing& keys, const StoredSession& row);

}  // namespace stagedoor::session
