#include "flow/wire.h"

#include "base/encoding.h"

#include <boost/json.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace stagedoor::flow {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 8> kSecretParameters{
    "code", "state", "access_token", "id_token", "refresh_token", "token", "client_secret", "channel"
};

// Texts of providers come in here; Boost.JSON writes whatever bytes a string has.
json::string text(std::string_view value) {
    if (base::is_utf8(value)) return json::string(value);
    json::string clean;
    for (const char c : value) clean.push_back(static_cast<unsigned char>(c) < 0x80 ? c : '?');
    return clean;
}

json::object profile_object(const oauth::Profile& profile) {
    json::object object;
    if (profile.email) object["email"] = text(*profile.email);
    if (profile.picture) object["picture"] = text(*profile.picture);
    if (profile.display_name) object["displayName"] = text(*profile.display_name);
    return object;
}

json::object session_object(const TokenAnswer& answer) {
    json::object info;
    if (answer.id_token) info["idToken"] = text(*answer.id_token);
    info["accessToken"] = text(answer.access_token.reveal());
    info["scope"] = text(answer.scope);
    if (answer.expires_in) info["expiresInSeconds"] = std::max<std::int64_t>(0, answer.expires_in->count());
    json::object session;
    session["profile"] = profile_object(answer.profile);
    session["providerInfo"] = std::move(info);
    return session;
}

json::object error_object(const base::Error& error) {
    json::object object;
    object["name"] = error.name();
    object["message"] = text(error.message());
    object["code"] = error.code();
    if (error.cause() != nullptr) object["cause"] = error_object(*error.cause());
    return object;
}

std::string_view innermost_code(const base::Error& error) {
    const base::Error* last = &error;
    while (last->cause() != nullptr) last = last->cause();
    return last->code();
}

}  // namespace

std::string session_json(const TokenAnswer& answer) {
    return json::serialize(session_object(answer));
}

std::string authorization_response_json(const TokenAnswer& answer) {
    json::object message;
    message["type"] = "authorization_response";
    message["response"] = session_object(answer);
    return json::serialize(message);
}

std::string authorization_error_json(const base::Error& error) {
    json::object message;
    message["type"] = "authorization_response";
    message["error"] = json::object{
        {"name", error.name()}, {"message", text(error.message())}, {"code", innermost_code(error)}
    };
    return json::serialize(message);
}

http::Response json_response(std::string body) {
    http::Response response;
    response.add("Content-Type", "application/json; charset=utf-8");
    response.add("Cache-Control", "no-store");
    response.body = std::move(body);
    return response;
}

http::Response error_response(
    const base::Error& error, const http::Request& request, std::string_view mount
) {
    auto target = without_secrets(request.target);
    if (target.size() >= mount.size() &&
        base::equal_ignoring_case(std::string_view(target).substr(0, mount.size()), mount)) {
        target.erase(0, mount.size());
    }
    json::object body;
    body["error"] = error_object(error);
    body["request"] = json::object{{"method", http::to_string(request.method)}, {"url", text(target)}};
    body["response"] = json::object{{"statusCode", error.status()}};
    auto response = json_response(json::serialize(body));
    response.status = error.status();
    response.error_code = innermost_code(error);
    if (error.retry_after()) response.add("Retry-After", std::to_string(error.retry_after()->count()));
    return response;
}

std::string without_secrets(std::string_view target) {
    const auto question = target.find('?');
    if (question == std::string_view::npos) return std::string(target);
    std::string clean(target.substr(0, question));
    char separator = '?';
    auto rest = target.substr(question + 1);
    while (!rest.empty()) {
        const auto pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
        const auto name = pair.substr(0, pair.find('='));
        // The name may be percent-encoded itself.
        const auto decoded = base::form_decode(name);
        const bool secret = !decoded || std::ranges::any_of(kSecretParameters, [&](std::string_view each) {
            return base::equal_ignoring_case(each, *decoded);
        });
        clean.push_back(separator);
        clean.append(secret ? std::string(name).append("=[redacted]") : std::string(pair));
        separator = '&';
    }
    return clean;
}

}  // namespace stagedoor::flow
