#include "flow/loop_guard.h"

#include "session/codec.h"

namespace stagedoor::flow {

namespace {

struct Count {
    std::uint64_t logins = 0;
    base::SystemTime since;
};

Count read(
    const crypto::KeyRing& keys,
    const crypto::SealContext& context,
    const http::Cookies& cookies,
    std::string_view name
) {
    const auto sealed = cookies.get(name);
    if (!sealed) return {};
    const auto opened = keys.open(context, *sealed);
    if (!opened) return {};
    session::FieldReader fields(opened->plaintext.reveal());
    const auto logins = fields.number();
    const auto since = fields.time();
    return fields.complete() ? Count{.logins = logins, .since = since} : Count{};
}

}  // namespace

LoopVerdict count_login(
    const crypto::KeyRing& keys,
    std::string_view provider,
    const http::Cookies& cookies,
    const session::CookieAttributes& attributes,
    base::SystemTime now,
    base::Random& random
) {
    const crypto::SealContext context{.purpose = "redirects", .provider = provider, .environment = ""};
    const auto name = std::string(provider) + "-redirects";
    auto count = read(keys, context, cookies, name);
    if (now - count.since > kLoopWindow) count = {.logins = 0, .since = now};

    LoopVerdict verdict{.is_loop = count.logins >= kLoginsBeforeLoop, .cookie = {}};
    verdict.cookie.name = name;
    verdict.cookie.path = attributes.path;
    verdict.cookie.secure = attributes.secure;
    verdict.cookie.same_site = attributes.same_site;
    if (verdict.is_loop) return verdict;
    session::FieldWriter fields;
    fields.number(count.logins + 1);
    fields.time(count.since);
    verdict.cookie.value = keys.seal(context, fields.out(), random);
    verdict.cookie.max_age = kLoopWindow;
    return verdict;
}

}  // namespace stagedoor::flow
