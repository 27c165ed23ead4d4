#include "session/cookie_jar.h"

#include "base/encoding.h"
#include "session/errors.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace stagedoor::session {
namespace {

using namespace std::chrono_literals;
using http::Cookies;
using http::SetCookie;

const CookieAttributes kAttributes{.path = "/api/auth/p", .max_age = 600s};
constexpr std::string_view kName = "p-refresh-token";

// A browser's store of one host, by name and path (RFC 6265bis, section 5.7): reads the field itself, and
// drops what is too big without a word.
class Browser {
 public:
    void receive(const std::vector<SetCookie>& cookies) {
        for (const auto& cookie : cookies) receive(cookie.to_string(base::SystemTime(1h)));
    }
    [[nodiscard]] Cookies send() const {
        std::string field;
        for (const auto& [key, value] : jar_) {
            field.append(field.empty() ? "" : "; ").append(key.second).append("=").append(value);
        }
        return Cookies(field);
    }
    void forget(const std::string& name) {
        std::erase_if(jar_, [&](const auto& entry) { return entry.first.second == name; });
    }
    void put(const std::string& name, const std::string& value) { jar_[{kAttributes.path, name}] = value; }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& [key, value] : jar_) names.push_back(key.second);
        return names;
    }
    [[nodiscard]] std::size_t size_of(const std::string& name) const {
        return name.size() + jar_.at({kAttributes.path, name}).size();
    }

 private:
    void receive(const std::string& field) {
        const std::string pair = field.substr(0, field.find(';'));
        if (pair.size() - 1 > http::kMaxCookieBytes) return;
        const auto path_start = field.find("; Path=") + 7;
        const std::string path = field.substr(path_start, field.find(';', path_start) - path_start);
        const std::pair key{path, pair.substr(0, pair.find('='))};
        if (field.contains("; Max-Age=0;")) {
            jar_.erase(key);
        } else {
            jar_[key] = pair.substr(pair.find('=') + 1);
        }
    }
    std::map<std::pair<std::string, std::string>, std::string> jar_;
};

void write(Browser& browser, std::string_view value) {
    std::vector<SetCookie> out;
    ASSERT_TRUE(write_chunked(out, browser.send(), kAttributes, kName, value));
    browser.receive(out);
}

std::optional<std::string> read(const Browser& browser) {
    return read_chunked(browser.send(), kName);
}

std::string name_of(std::size_t chunk) {
    return fmt::format("{}-{}", kName, chunk);
}

std::string text(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) text += fmt::format("{}.", i);
    text.resize(size);
    return text;
}

// What fits into one cookie, into the first chunk (which holds the mark of four bytes too) and into each
// further one.
constexpr std::size_t kPlain = http::kMaxCookieBytes - kName.size();
constexpr std::size_t kFirst = kPlain - 2 - 4;
constexpr std::size_t kNext = kPlain - 2;

TEST(CookieJar, OneCookieTakes4096BytesOfNameAndValue) {
    for (const std::size_t size : {kPlain - 1, kPlain}) {
        Browser browser;
        write(browser, text(size));
        EXPECT_EQ(browser.names(), std::vector<std::string>{std::string(kName)});
        EXPECT_EQ(browser.size_of(std::string(kName)), size + kName.size());
        EXPECT_EQ(read(browser), text(size));
    }
}

TEST(CookieJar, OneByteMoreTakesTwo) {
    Browser browser;
    write(browser, text(kPlain + 1));
    EXPECT_EQ(browser.names(), (std::vector{name_of(0), name_of(1)}));
    EXPECT_EQ(browser.size_of(name_of(0)), http::kMaxCookieBytes);
    EXPECT_EQ(read(browser), text(kPlain + 1));
}

TEST(CookieJar, ExactMultiplesOfAChunkLeaveNoEmptyChunk) {
    for (std::size_t chunks = 2; chunks <= 5; ++chunks) {
        const std::size_t exact = kFirst + (chunks - 1) * kNext;
        for (const std::size_t size : {exact - 1, exact, exact + 1}) {
            Browser browser;
            write(browser, text(size));
            EXPECT_EQ(browser.names().size(), size > exact ? chunks + 1 : chunks) << size;
            EXPECT_EQ(read(browser), text(size)) << size;
        }
    }
}

TEST(CookieJar, TheEncodedLengthCounts) {
    for (const std::string& each :
         {std::string(kPlain / 3, ';'), std::string(kPlain / 3 + 1, ';'), std::string(9000, '%')}) {
        Browser browser;
        write(browser, each);
        EXPECT_EQ(read(browser), each);
        for (const auto& name : browser.names()) EXPECT_LE(browser.size_of(name), http::kMaxCookieBytes);
    }
}

TEST(CookieJar, AShorterValueExpiresTheChunksItDoesNotNeed) {
    Browser browser;
    for (const std::size_t size : {40'000UZ, 20'000UZ, 5'000UZ, 100UZ}) {
        write(browser, text(size));
        EXPECT_EQ(read(browser), text(size));
        EXPECT_EQ(browser.names().size(), size < kPlain ? 1 : size / kNext + 1);
    }
}

TEST(CookieJar, ALongerValueExpiresThePlainCookie) {
    Browser browser;
    for (const std::size_t size : {100UZ, 5'000UZ, 20'000UZ, 40'960UZ}) {
        write(browser, text(size));
        EXPECT_EQ(read(browser), text(size));
        EXPECT_EQ(browser.send().has(kName), size < kPlain);
    }
}

TEST(CookieJar, TheAttributesAreThoseOfEachCookie) {
    const CookieAttributes attributes{
        .path = "/x", .secure = false, .same_site = http::SameSite::strict, .max_age = 5s
    };
    std::vector<SetCookie> out;
    ASSERT_TRUE(write_chunked(out, Cookies("n=old; n-7=old"), attributes, "n", text(5000)));
    ASSERT_EQ(out.size(), 4U);
    for (const auto& cookie : out) {
        const bool removal = cookie.name == "n" || cookie.name == "n-7";
        EXPECT_EQ(cookie.max_age, removal ? 0s : 5s) << cookie.name;
        EXPECT_EQ(cookie.path, "/x");
        EXPECT_FALSE(cookie.secure);
        EXPECT_EQ(cookie.same_site, http::SameSite::strict);
    }
}

TEST(CookieJar, AMissingChunkIsNoticed) {
    for (std::size_t missing = 1; missing < 4; ++missing) {
        Browser browser;
        write(browser, text(15'000));
        browser.forget(name_of(missing));
        EXPECT_EQ(read(browser), std::nullopt) << missing;
    }
}

TEST(CookieJar, AChunkLeftOverFromALongerValueIsIgnored) {
    Browser browser;
    write(browser, text(5'000));
    browser.put(name_of(2), "stale");
    browser.put(name_of(3), "stale");
    EXPECT_EQ(read(browser), text(5'000));
    write(browser, text(5'001));
    EXPECT_EQ(browser.names(), (std::vector{name_of(0), name_of(1)}));
}

TEST(CookieJar, TwoChunksOfOneNameAreNone) {
    Browser browser;
    write(browser, text(5'000));
    const std::string first = *browser.send().get(name_of(0));
    EXPECT_EQ(
        read_chunked(Cookies(fmt::format("{0}-0={1}; {0}-1=a; {0}-1=b", kName, first)), kName), std::nullopt
    );
    EXPECT_EQ(read_chunked(Cookies(fmt::format("{0}=p; {0}-0=a; {0}-0=b", kName)), kName), std::nullopt);
}

TEST(CookieJar, ReadsTheChunksOfBackstage) {
    EXPECT_EQ(read_chunked(Cookies("n-0=ab%2F; n-1=cd; n-2=ef; n-4=no; n=plain"), "n"), "ab/cdef");
    EXPECT_EQ(read_chunked(Cookies("n-0=; n-1=cd; n=plain"), "n"), "plain");
    EXPECT_EQ(read_chunked(Cookies("n-1=cd; n=plain"), "n"), "plain");
    EXPECT_EQ(read_chunked(Cookies("n=plain"), "n"), "plain");
    EXPECT_EQ(read_chunked(Cookies("n-1=cd"), "n"), std::nullopt);
    EXPECT_EQ(read_chunked(Cookies("n-0=1.Abc; n-1=d"), "n"), "1.Abcd");
    EXPECT_EQ(read_chunked(Cookies("n-0=~0x~; n-1=d"), "n"), "~0x~d");
}

TEST(CookieJar, TheNextWriteExpiresTheChunksOfBackstage) {
    Browser browser;
    for (std::size_t i = 0; i < 3; ++i) browser.put(name_of(i), std::string(4000, 'a'));
    write(browser, "sealed");
    EXPECT_EQ(browser.names(), std::vector<std::string>{std::string(kName)});
    EXPECT_EQ(read(browser), "sealed");
}

TEST(CookieJar, EraseRemovesEveryPartAndNothingElse) {
    const Cookies present("n=1; n-0=2; n-1=3; n-12=4; n-x=5; n-01=6; n-=7; nn=8; n-0-1=9; m=10");
    std::vector<SetCookie> out;
    erase_chunked(out, present, kAttributes, "n");
    std::vector<std::string> names;
    for (const auto& cookie : out) {
        EXPECT_EQ(cookie.max_age, 0s);
        EXPECT_EQ(cookie.value, "");
        EXPECT_EQ(cookie.path, kAttributes.path);
        names.push_back(cookie.name);
    }
    EXPECT_EQ(names, (std::vector<std::string>{"n", "n-0", "n-1", "n-12"}));
}

TEST(CookieJar, EraseOfWhatIsNotThereIsNothing) {
    std::vector<SetCookie> out;
    erase_chunked(out, Cookies("m=1"), kAttributes, "n");
    EXPECT_TRUE(out.empty());
}

TEST(CookieJar, BoundsTheWhole) {
    Browser browser;
    write(browser, text(kMaxChunkedBytes));
    EXPECT_EQ(read(browser), text(kMaxChunkedBytes));
    std::vector<SetCookie> out;
    const auto result = write_chunked(out, browser.send(), kAttributes, kName, text(kMaxChunkedBytes + 1));
    ASSERT_FALSE(result);
    EXPECT_TRUE(result.error().is(errors::kSessionTooLarge));
    EXPECT_TRUE(out.empty());
    EXPECT_FALSE(
        write_chunked(out, browser.send(), kAttributes, kName, std::string(kMaxChunkedBytes / 3 + 1, ' '))
    );
}

TEST(CookieJar, ANameThatLeavesNoRoomIsABug) {
    std::vector<SetCookie> out;
    const std::string name(4095, 'n');
    EXPECT_THROW((void)write_chunked(out, Cookies(""), kAttributes, name, "value"), std::invalid_argument);
}

TEST(CookieJar, AnyHistoryOfValuesReadsAsTheLastOne) {
    EXPECT_TRUE(rc::check([] {
        Browser browser;
        const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::element<std::size_t>(
            0, 1, 1000, kPlain - 1, kPlain, kPlain + 1, kFirst + kNext, kFirst + kNext + 1, 3 * kNext, 12'345
        ));
        for (const std::size_t size : sizes) {
            const auto alphabet = *rc::gen::element<std::string>("a", "a%", "; \xff", "ab~0/");
            std::string value;
            while (value.size() < size) value += alphabet;
            value.resize(size);
            std::vector<SetCookie> out;
            RC_ASSERT(write_chunked(out, browser.send(), kAttributes, kName, value).has_value());
            browser.receive(out);
            RC_ASSERT(read(browser) == value);
            for (const auto& name : browser.names())
                RC_ASSERT(browser.size_of(name) <= http::kMaxCookieBytes);
        }
    }));
}

}  // namespace
}  // namespace stagedoor::session
