#include "app/config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>

namespace custos::app {
namespace {

std::map<std::string, std::string> values_of(Config& config) {
  std::map<std::string, std::string> values;
  for (const Setting& setting : settings_of(config)) values[setting.key] = setting.get();
  return values;
}

TEST(Config, DefaultFileSaysWhatIsCompiledInAndNamesEverySetting) {
  const std::filesystem::path file = std::filesystem::path(CUSTOS_SOURCE_DIR) / "config/default.toml";
  Config compiled, read;
  const Status applied = apply_file(read, file);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  EXPECT_EQ(values_of(read), values_of(compiled));
  std::ifstream stream(file);
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  for (const auto& [key, value] : values_of(compiled)) {
    EXPECT_NE(text.find("\n" + key.substr(key.find('.') + 1) + " = "), std::string::npos) << key;
  }
}

TEST(Config, AssignmentsOverrideAndWrongOnesSayWhatIsTaken) {
  Config config;
  ASSERT_TRUE(apply_assignment(config, "redact.mask=pseudonym").ok());
  EXPECT_EQ(config.stages.redact.mask, stage::Mask::kPseudonym);
  ASSERT_TRUE(apply_assignment(config, "redact.disabled=[\"PHONE\"]").ok());
  EXPECT_EQ(config.stages.redact.disabled, std::vector<std::string>{"PHONE"});
  for (const char* wrong :
       {"redact.mask=blur", "parse.parts_max=-1", "no.such=1", "redact.threshold", "index.subject=7"}) {
    const Status applied = apply_assignment(config, wrong);
    ASSERT_FALSE(applied.ok()) << wrong;
    EXPECT_EQ(applied.error().code, Code::kInvalidArgument) << wrong;
  }
}

TEST(Config, KindsOfPersonalDataComeFromTheFile) {
  const auto file = std::filesystem::temp_directory_path() / "custos_config_test.toml";
  std::ofstream(file) << "[[redact.kind]]\ntype = \"STAFF_ID\"\npattern = \"HV[0-9]{6}\"\nscore = 0.9\n";
  Config config;
  const Status applied = apply_file(config, file);
  std::filesystem::remove(file);
  ASSERT_TRUE(applied.ok()) << applied.error().message;
  ASSERT_EQ(config.stages.redact.extra.size(), 1U);
  EXPECT_EQ(config.stages.redact.extra[0].type, "STAFF_ID");
}

TEST(Config, AFileWithAnUnknownKeyIsRefusedByName) {
  const auto file = std::filesystem::temp_directory_path() / "custos_config_unknown.toml";
  std::ofstream(file) << "[redact]\ntreshold = 0.5\n";
  Config config;
  const Status applied = apply_file(config, file);
  std::filesystem::remove(file);
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().message.find("redact.treshold"), std::string::npos);
}

}  // namespace
}  // namespace custos::app
