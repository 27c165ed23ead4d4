#include "app/data_folder.h"

#include "crypto/system_random.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

namespace stagedoor::app {
namespace {

class DataFolderTest : public testing::Test {
 protected:
    DataFolderTest() {
        std::string name = (std::filesystem::temp_directory_path() / "stagedoor-XXXXXX").string();
        folder = std::filesystem::path(mkdtemp(name.data())) / "state";
    }
    ~DataFolderTest() override { std::filesystem::remove_all(folder.parent_path()); }
    std::filesystem::path folder;
    crypto::SystemRandom random;
};

TEST_F(DataFolderTest, TheSecretIsMadeOnceAndForItsOwnerAlone) {
    const auto first = keep_secret(folder, random);
    EXPECT_TRUE(first.is_new);
    EXPECT_EQ(first.secret.size(), 43U);
    EXPECT_EQ(std::filesystem::status(first.file).permissions(), std::filesystem::perms(0600));
    EXPECT_EQ(std::filesystem::status(folder).permissions(), std::filesystem::perms(0700));
    const auto second = keep_secret(folder, random);
    EXPECT_FALSE(second.is_new);
    EXPECT_EQ(second.secret, first.secret);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
}

TEST_F(DataFolderTest, AFileThatOthersCanReadIsRefused) {
    const auto kept = keep_secret(folder, random);
    std::filesystem::permissions(kept.file, std::filesystem::perms(0640));
    try {
        static_cast<void>(keep_secret(folder, random));
        FAIL();
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("chmod 600"), std::string::npos);
    }
}

TEST_F(DataFolderTest, AnEmptyFileIsNoSecret) {
    const auto kept = keep_secret(folder, random);
    std::ofstream(kept.file, std::ios::trunc).close();
    EXPECT_THROW(static_cast<void>(keep_secret(folder, random)), std::runtime_error);
}

TEST_F(DataFolderTest, ThoseWhoStartTogetherGetTheSameSecret) {
    std::vector<base::Secret> secrets(8);
    {
        std::vector<std::jthread> threads;
        for (auto& secret : secrets) {
            threads.emplace_back([&] {
                crypto::SystemRandom own;
                secret = keep_secret(folder, own).secret;
            });
        }
    }
    for (const auto& secret : secrets) EXPECT_EQ(secret, secrets[0]);
}

TEST(DataFolder, IsWhereThePersonSaysElseInTheirStateFolder) {
    EXPECT_EQ(data_folder("/x/y"), "/x/y");
    setenv("XDG_STATE_HOME", "/state", 1);
    EXPECT_EQ(data_folder({}), "/state/stagedoor");
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "/home/somebody", 1);
    EXPECT_EQ(data_folder({}), "/home/somebody/.local/state/stagedoor");
    unsetenv("HOME");
    EXPECT_THROW(static_cast<void>(data_folder({})), std::runtime_error);
}

}  // namespace
}  // namespace stagedoor::app
