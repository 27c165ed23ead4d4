#include "session/session_cookie.h"

#include "session/codec.h"
#include "session/errors.h"
#include "session/session_id.h"

#include <algorithm>
#include <limits>

namespace stagedoor::session {

namespace {

// What a handle's cookie begins with inside: no version of a record.
constexpr std::uint64_t kHandle = 1000;

std::string encode_handle(const SessionRecord& record) {
    FieldWriter fields;
    fields.number(kHandle);
    fields.text(record.id);
    fields.time(record.expires_at);
    return std::move(fields.out());
}

base::Error invalid() {
    return {errors::kSessionInvalid, "Invalid session cookie"};
}

// RFC 6749, appendix A.17: a refresh token is visible ASCII characters.
bool can_be_token(std::string_view value) {
    return !value.empty() && std::ranges::all_of(value, [](char c) { return c >= 0x20 && c <= 0x7e; });
}

}  // namespace

SessionCookie::SessionCookie(
    const crypto::KeyRing& keys,
    std::string provider,
    std::string environment,
    std::optional<Unsealed> unsealed
)
    : keys_(keys),
      provider_(std::move(provider)),
      environment_(std::move(environment)),
      unsealed_(std::move(unsealed)),
      name_(provider_ + "-refresh-token"),
      scope_name_(provider_ + "-granted-scope") {}

crypto::SealContext SessionCookie::context() const {
    return {.purpose = "session", .provider = provider_, .environment = environment_};
}

base::Result<Presented> SessionCookie::read(const http::Cookies& cookies, base::SystemTime now) const {
    const auto value = read_chunked(cookies, name_);
    if (!value || value->empty()) return base::fail(errors::kSessionMissing, "Missing session cookie");
    auto opened = keys_.open(context(), *value);
    if (!opened) {
        if (unsealed_ && can_be_token(*value)) return read_unsealed(cookies, *value, now);
        return base::fail(invalid().caused_by(std::move(opened.error())));
    }
    auto presented = decode(opened->plaintext.reveal());
    if (!presented) return base::fail(invalid());
    if (presented->expires_at <= now) return base::fail(errors::kSessionExpired, "The session has expired");
    presented->is_up_to_date = opened->newest_key;
    return std::move(*presented);
}

std::optional<Presented> SessionCookie::decode(std::string_view plaintext) const {
    FieldReader fields(plaintext);
    if (fields.number() == kHandle) {
        Presented presented;
        presented.id = fields.text();
        presented.expires_at = fields.time();
        if (!fields.complete() || presented.id.empty()) return std::nullopt;
        return presented;
    }
    auto record = decode_session(plaintext);
    if (!record) return std::nullopt;
    if (record->id.empty()) record->id = derive_session_id(provider_, environment_, record->credential);
    Presented presented;
    presented.id = record->id;
    presented.expires_at = record->expires_at;
    presented.record = std::move(*record);
    return presented;
}

base::Result<Presented> SessionCookie::read_unsealed(
    const http::Cookies& cookies, std::string_view value, base::SystemTime now
) const {
    SessionRecord record;
    const auto& prefix = unsealed_->access_token_prefix;
    if (!prefix.empty() && value.starts_with(prefix)) {
        record.kind = CredentialKind::access_token;
        value.remove_prefix(prefix.size());
        if (value.empty()) return base::fail(invalid());
    }
    record.credential = base::Secret(std::string(value));
    record.id = derive_session_id(provider_, environment_, record.credential);
    record.granted_scope = read_chunked(cookies, scope_name_).value_or("");
    record.created_at = std::chrono::floor<std::chrono::seconds>(now);
    record.expires_at = record.created_at + unsealed_->session_duration;
    Presented presented;
    presented.id = record.id;
    presented.expires_at = record.expires_at;
    presented.record = std::move(record);
    presented.is_up_to_date = false;
    return presented;
}

base::Result<void> SessionCookie::write(
    std::vector<http::SetCookie>& out,
    const http::Cookies& present,
    CookieAttributes attributes,
    const SessionRecord& record,
    CookieForm form,
    base::SystemTime now,
    base::Random& random
) const {
    attributes.max_age = std::chrono::ceil<std::chrono::seconds>(record.expires_at - now);
    auto plaintext = form == CookieForm::handle ? encode_handle(record) : encode(record);
    const auto sealed = keys_.seal(context(), plaintext, random);
    base::wipe(plaintext);
    STAGEDOOR_CHECK(write_chunked(out, present, attributes, name_, sealed));
    // Those of a Backstage backend are part of the record from now on.
    erase_chunked(out, present, attributes, scope_name_);
    return {};
}

void SessionCookie::erase(
    std::vector<http::SetCookie>& out, const http::Cookies& present, const CookieAttributes& attributes
) const {
    erase_chunked(out, present, attributes, name_);
    erase_chunked(out, present, attributes, scope_name_);
}

}  // namespace stagedoor::session
