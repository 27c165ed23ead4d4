#pragma once

#include <array>
#include <string_view>

// Each target takes any bytes, hands them to one part of the program as that part gets them from outside, and
// checks what the part promises of its result. A broken promise ends the process, as a memory error does.
namespace stagedoor::fuzz {

// Bytes of a connection.
void request(std::string_view input);
// A request's head as a parser may hand it on: a line "METHOD TARGET VERSION", then a line for each field.
void gate(std::string_view input);
// The value of a Cookie field; also what a session cookie could hold.
void cookies(std::string_view input);
// A line with a pattern of origins, then a URL.
void urls(std::string_view input);
// A query, or a posted form.
void parameters(std::string_view input);
// A line with a token, then a key set.
void jws(std::string_view input);
// A key set.
void key_set(std::string_view input);
// A line with words from "nonce refreshed max_age at_hash", then the claims of a token that is signed well.
void id_token(std::string_view input);
// A line with the address from the configuration, then the issuer's metadata.
void metadata(std::string_view input);
// A line "STATUS CONTENT-TYPE", then the body of the token endpoint's answer.
void token_response(std::string_view input);
// A line with words from "issuer required", then the query of the redirect back.
void authorization_response(std::string_view input);
// What is inside of a state and of a flow cookie that were sealed well, and damage to one.
void login_state(std::string_view input);
// What is inside of a session cookie that was sealed well.
void session_record(std::string_view input);
// An app-config.yaml.
void config(std::string_view input);

struct Target {
    std::string_view name;
    void (*run)(std::string_view input);
};

inline constexpr std::array kTargets{
    Target{"authorization_response", authorization_response},
    Target{"config", config},
    Target{"cookies", cookies},
    Target{"gate", gate},
    Target{"id_token", id_token},
    Target{"jws", jws},
    Target{"key_set", key_set},
    Target{"login_state", login_state},
    Target{"metadata", metadata},
    Target{"parameters", parameters},
    Target{"request", request},
    Target{"session_record", session_record},
    Target{"token_response", token_response},
    Target{"urls", urls},
};

}  // namespace stagedoor::fuzz
