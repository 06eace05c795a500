#include "audit/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace custos::audit {
namespace {

class AuditLog : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::remove_all(folder_); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void add(const std::string& object) {
    const Status added =
        append(folder_, {"2024-05-14T12:00:00Z", "uid 1", "reveal-original", object, "matter 7 \"x\""});
    ASSERT_TRUE(added.ok()) << added.error().message;
  }
  [[nodiscard]] std::string text() const {
    std::ifstream stream(folder_ / "log.jsonl");
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void replace(const std::string& text) const { std::ofstream(folder_ / "log.jsonl") << text; }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("custos_audit_test_" + std::to_string(::getpid()));
};

TEST_F(AuditLog, GrowsAndVerifies) {
  EXPECT_EQ(verify(folder_).value(), 0U);
  add("a");
  add("b");
  EXPECT_EQ(verify(folder_).value(), 2U);
}

TEST_F(AuditLog, AChangedByteARemovedLineAndACutLineAreFound) {
  add("a");
  add("b");
  add("c");
  const std::string whole = text();
  std::string changed = whole;
  changed[changed.find("\"b\"") + 1] = 'x';
  replace(changed);
  EXPECT_FALSE(verify(folder_).ok());
  replace(whole.substr(whole.find('\n') + 1));
  EXPECT_FALSE(verify(folder_).ok());
  replace(whole.substr(0, whole.size() - 5));
  EXPECT_FALSE(verify(folder_).ok());
  EXPECT_FALSE(append(folder_, {}).ok()) << "nothing is recorded after a cut line";
}

}  // namespace
}  // namespace custos::audit
