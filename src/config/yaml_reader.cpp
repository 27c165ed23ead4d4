#include "config/yaml_reader.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <optional>
#include <regex>
#include <sstream>
#include <unordered_set>
#include <utility>

namespace stagedoor::config {
namespace {

constexpr std::size_t kMaxBytes = 16 * kMaxFileBytes;

// Leaves the parser from inside one of its events; never leaves this file.
struct Stop {
    YAML::Mark mark;
    std::string message;
};

std::optional<double> parse_integer(std::string_view digits, int radix) {
    double value = 0;
    for (const char c : digits) {
        int digit = 0;
        if (std::from_chars(&c, &c + 1, digit, radix).ec != std::errc{}) return std::nullopt;
        value = value * radix + digit;
    }
    return digits.empty() ? std::nullopt : std::optional(value);
}

// Numbers of the core schema, YAML 1.2.2 section 10.3.2.
std::optional<double> parse_number(const std::string& text) {
    static const std::regex decimal(R"([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)");
    constexpr std::size_t kLongestNumber = 64;
    if (text.empty() || text.size() > kLongestNumber) return std::nullopt;
    if (text.starts_with("0x")) return parse_integer(std::string_view(text).substr(2), 16);
    if (text.starts_with("0o")) return parse_integer(std::string_view(text).substr(2), 8);
    if (!std::regex_match(text, decimal)) return std::nullopt;
    const char* first = text.data() + (text.front() == '+' ? 1 : 0);
    double value = 0;
    const auto [end, error] = std::from_chars(first, text.data() + text.size(), value);
    if (error != std::errc{}) return std::numeric_limits<double>::infinity();
    return value;
}

void set_plain_scalar(Value& value, const std::string& text) {
    if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return;
    if (text == "true" || text == "True" || text == "TRUE") {
        value.data = true;
    } else if (text == "false" || text == "False" || text == "FALSE") {
        value.data = false;
    } else if (const auto number = parse_number(text)) {
        value.data = Number{.value = *number, .text = text};
    } else {
        value.data = text;
    }
}

struct Size {
    std::size_t nodes = 1;
    std::size_t bytes = 0;
    std::size_t depth = 1;
};

Size size_of(const Value& value) {
    Size size;
    const auto add = [&size](const Value& child) {
        const Size inner = size_of(child);
        size.nodes += inner.nodes;
        size.bytes += inner.bytes;
        size.depth = std::max(size.depth, inner.depth + 1);
    };
    if (const auto* text = value.text()) size.bytes = text->size();
    if (const auto* list = value.list()) {
        for (const auto& item : *list) add(item);
    }
    if (const auto* map = value.map()) {
        for (const auto& member : *map) {
            size.bytes += member.name.size();
            add(member.value);
        }
    }
    return size;
}

std::size_t offset_of(std::string_view text, const YAML::Mark& mark) {
    std::size_t line = 0;
    for (int i = 0; i < mark.line; ++i) line = std::min(text.find('\n', line), text.size() - 1) + 1;
    return line + static_cast<std::size_t>(mark.column);
}

// yaml-cpp takes the end of the text for the end of a quoted scalar. Only the last one can be open: it holds
// the rest.
bool is_closed(std::string_view text, const YAML::Mark& mark) {
    std::size_t at = offset_of(text, mark);
    if (at >= text.size()) return true;
    const char quote = text[at];
    if (quote != '\'' && quote != '"') return true;
    while (++at < text.size()) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return true;
            ++at;
        }
    }
    return false;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
    explicit TreeBuilder(std::shared_ptr<const std::string> file) : file_(std::move(file)) {}

    [[nodiscard]] YamlDocument take() {
        return {.value = std::move(root_), .problems = std::move(problems_), .complete = true};
    }
    [[nodiscard]] const std::optional<YAML::Mark>& last_quoted() const { return last_quoted_; }
    void report(std::string message) { problems_.push_back({root_.place, std::move(message)}); }
    [[nodiscard]] Place place_of(const YAML::Mark& mark) const {
        return {.file = file_, .line = mark.line + 1, .column = mark.column + 1};
    }

    void OnDocumentStart(const YAML::Mark& mark) override { root_.place = place_of(mark); }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { OnScalar(mark, "?", anchor, ""); }

    void OnScalar(
        const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& text
    ) override {
        count(mark, {.nodes = 1, .bytes = text.size()});
        Value value{.data = {}, .place = place_of(mark)};
        if (tag == "?" && !expects_name()) {
            set_plain_scalar(value, text);
        } else {
            value.data = text;
        }
        if (tag == "!") last_quoted_ = mark;
        add(mark, std::move(value), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) throw Stop{mark, "an alias inside of the value that it names"};
        const Size size = size_of(known->second);
        if (open_.size() + size.depth > kMaxDepth) throw Stop{mark, "nested too deeply"};
        count(mark, size);
        add(mark, known->second, YAML::NullAnchor);
    }

    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(mark, List{}, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& /*tag*/,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value /*style*/
    ) override {
        open(mark, Map{}, anchor);
    }
    void OnMapEnd() override { close(); }

 private:
    struct Open {
        Value value;
        YAML::anchor_t anchor = YAML::NullAnchor;
        YAML::Mark mark;
        std::optional<Member> member;  // its name is read, its value is not
        std::unordered_set<std::string> names;
        bool repeated = false;  // `member` has the name of an earlier one
    };

    [[nodiscard]] bool expects_name() const {
        return !open_.empty() && open_.back().value.map() != nullptr && !open_.back().member;
    }

    void count(const YAML::Mark& mark, const Size& size) {
        nodes_ += size.nodes;
        bytes_ += size.bytes;
        if (nodes_ > kMaxNodes || bytes_ > kMaxBytes) throw Stop{mark, "too many values for a configuration"};
    }

    template <class Container>
    void open(const YAML::Mark& mark, Container container, YAML::anchor_t anchor) {
        if (expects_name()) throw Stop{mark, "a name must be text, not a list or an object"};
        if (open_.size() >= kMaxDepth) throw Stop{mark, "nested too deeply"};
        count(mark, {});
        Value value{.data = std::move(container), .place = place_of(mark)};
        open_.push_back(
            {.value = std::move(value),
             .anchor = anchor,
             .mark = mark,
             .member = {},
             .names = {},
             .repeated = false}
        );
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        add(done.mark, std::move(done.value), done.anchor);
    }

    void add(const YAML::Mark& mark, Value value, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) {
            count(mark, size_of(value));
            anchors_.insert_or_assign(anchor, value);
        }
        if (open_.empty()) {
            root_ = std::move(value);
        } else if (auto* list = std::get_if<List>(&open_.back().value.data)) {
            list->push_back(std::move(value));
        } else {
            add_to_map(mark, open_.back(), std::move(value));
        }
    }

    void add_to_map(const YAML::Mark& mark, Open& open, Value value) {
        if (open.member) {
            open.member->value = std::move(value);
            if (!open.repeated) open.value.map()->push_back(std::move(*open.member));
            open.member.reset();
            return;
        }
        const std::string* name = value.text();
        if (const auto* number = value.number()) name = &number->text;
        if (name == nullptr) throw Stop{mark, "a name must be text"};
        open.repeated = !open.names.insert(*name).second;
        if (open.repeated) {
            problems_.push_back({place_of(mark), "'" + *name + "' is given twice"});
        }
        open.member = Member{.name = *name, .place = place_of(mark), .value = {}};
    }

    std::shared_ptr<const std::string> file_;
    Value root_;
    std::vector<YamlProblem> problems_;
    std::optional<YAML::Mark> last_quoted_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, Value> anchors_;
    std::size_t nodes_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace

YamlDocument read_yaml(const std::string& text, std::shared_ptr<const std::string> file) {
    TreeBuilder builder(std::move(file));
    const auto stopped = [&builder](const YAML::Mark& mark, std::string message) {
        YamlDocument document = builder.take();
        document.problems.push_back({builder.place_of(mark), std::move(message)});
        document.complete = false;
        return document;
    };
    try {
        std::istringstream stream(text);
        YAML::Parser parser(stream);
        parser.HandleNextDocument(builder);
        TreeBuilder second(nullptr);
        if (parser.HandleNextDocument(second)) builder.report("the file has more than one YAML document");
        const auto& quoted = builder.last_quoted();
        if (quoted && !is_closed(text, *quoted)) return stopped(*quoted, "a quote is never closed");
        return builder.take();
    } catch (const Stop& stop) {
        return stopped(stop.mark, stop.message);
    } catch (const YAML::Exception& error) {
        return stopped(error.mark, "malformed YAML: " + error.msg);
    }
}

}  // namespace stagedoor::config
