#pragma once

#include <string>
#include <string_view>

namespace stagedoor::oauth {

// Text of a provider's answer (`error`, `error_description`) made fit for a message that people and logs
// read: control characters and what is not UTF-8 become spaces, runs of spaces one, what looks like a token
// (32 characters or more without a break) becomes [redacted], and it ends after 300 bytes at most. It is
// still foreign text: HTML and JSON escaping is done where it is written.
[[nodiscard]] std::string clean_provider_text(std::string_view text);

// "description (error)", or the one of them that is there, or an empty text; both cleaned.
[[nodiscard]] std::string provider_message(std::string_view error, std::string_view error_description);

}  // namespace stagedoor::oauth
