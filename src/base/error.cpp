#include "base/error.h"

namespace stagedoor::base {

bool Error::is(const ErrorKind& kind) const {
    for (const Error* error = this; error != nullptr; error = error->cause()) {
        if (error->kind_->code == kind.code) return true;
    }
    return false;
}

std::string Error::describe() const {
    std::string text;
    for (const Error* error = this; error != nullptr; error = error->cause()) {
        if (!text.empty()) text += " <- ";
        text.append(error->code()).append(": ").append(error->message_);
        if (!error->detail_.empty()) text.append(" (").append(error->detail_).append(")");
    }
    return text;
}

}  // namespace stagedoor::base
