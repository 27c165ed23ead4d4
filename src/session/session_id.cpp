#include "session/session_id.h"

#include "base/encoding.h"
#include "crypto/digest.h"
#include "session/codec.h"

namespace stagedoor::session {

std::string make_session_id(base::Random& random) {
    return base::base64url_encode(random.bytes<16>());
}

std::string derive_session_id(
    std::string_view provider, std::string_view environment, const base::Secret& credential
) {
    FieldWriter fields;
    fields.text("session id");
    fields.text(provider);
    fields.text(environment);
    fields.text(credential.reveal());
    const auto digest = crypto::sha256(fields.out());
    base::wipe(fields.out());
    return base::base64url_encode(std::string_view(digest).substr(0, 16));
}

}  // namespace stagedoor::session
