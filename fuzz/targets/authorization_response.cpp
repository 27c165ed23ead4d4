#include "oauth/authorization_response.h"

#include "check.h"
#include "targets.h"

namespace stagedoor::fuzz {

void authorization_response(std::string_view input) {
    const auto [words, query] = split_line(input);
    const auto parameters = http::Parameters::parse(query);
    if (!parameters) return;
    oauth::AuthorizationResponseExpectations expected;
    if (words.find("issuer") != std::string_view::npos) expected.issuer = "https://idp.example";
    expected.iss_required = words.find("required") != std::string_view::npos;
    const auto code = oauth::process_authorization_response(*parameters, expected);
    if (!code) {
        require(code.error().message().size() < 1000, "a message is short");
        return;
    }
    require(
        !code->value().empty() && code->value().reveal() == parameters->value("code"),
        "the code is the one sent"
    );
    for (const auto* name : {"code", "state", "iss"})
        require(parameters->count(name) <= 1, "nothing is there twice");
    require(
        parameters->count("error") == 0 || parameters->value("error").empty(),
        "a response with an error has no code"
    );
    const auto iss = parameters->get("iss");
    if (expected.issuer && iss) require(*iss == *expected.issuer, "the response is of the flow's issuer");
    if (expected.issuer && expected.iss_required) require(iss.has_value(), "an announced iss is there");
}

}  // namespace stagedoor::fuzz
