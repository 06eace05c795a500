#include "source/jsonl/json_lines_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using ::testing::ElementsAre;
using testing::TestFolder;
using testing::walk_checked;

constexpr const char* kOne = "{\"id\":\"1\",\"text\":\"a\"}";
constexpr const char* kTwo = "{\"id\":\"2\",\"text\":\"b\"}";

std::vector<std::string> bytes_of(const testing::Walk& walked) {
  std::vector<std::string> bytes;
  for (const auto& each : walked.documents()) bytes.push_back(each.bytes);
  return bytes;
}

TEST(JsonLines, EachLineIsARecord) {
  const TestFolder folder;
  const std::string text = std::string("\xEF\xBB\xBF\n") + kOne + "\r\n\n  " + kTwo + "\n\n";
  const auto walked = walk_checked(folder.write("chat", text));
  EXPECT_THAT(bytes_of(walked), ElementsAre(kOne, kTwo));
  EXPECT_EQ(walked.documents()[0].kind, document::RawKind::kRecord);
}

TEST(JsonLines, ALineThatIsNoObjectHasFailed) {
  const TestFolder folder;
  const auto walked =
      walk_checked(folder.write("chat", std::string(kOne) + "\n[1,2]\n" + kTwo + "\n{\"id\":\"3\",\"te"));
  EXPECT_THAT(bytes_of(walked), ElementsAre(kOne, kTwo));
  EXPECT_EQ(walked.failures().size(), 2U);
}

TEST(JsonLines, ALineAboveTheLimitIsReadPast) {
  const TestFolder folder;
  SourceOptions options;
  options.document_bytes_max = 1U << 20;
  const std::string big = "{\"id\":\"9\",\"text\":\"" + std::string(6U << 20, 'x') + "\"}";
  const auto walked = walk_checked(folder.write("chat", std::string(kOne) + "\n" + big + "\n" + kTwo), options);
  EXPECT_THAT(bytes_of(walked), ElementsAre(kOne, kTwo));
  EXPECT_THAT(walked.failures(), ElementsAre("chat: larger than 1048576 bytes"));
}

TEST(JsonLines, AppendedLinesAreReadByTheNextRun) {
  const TestFolder folder;
  const auto path = folder.write("chat", std::string(kOne));
  const auto first = testing::walk(path);
  folder.append("chat", std::string("\n") + kTwo + "\n");
  EXPECT_THAT(bytes_of(testing::walk(path, {}, first.states)), ElementsAre(kTwo));
}

TEST(JsonLines, ObjectsWithoutTextAreNotRecords) {
  const TestFolder folder;
  folder.write("data.json", "{\"a\": 1}\n{\"a\": 2}\n");
  EXPECT_TRUE(walk_checked(folder.path()).documents().empty());
  SourceOptions options;
  options.format = Format::kJsonLines;
  EXPECT_EQ(walk_checked(folder.path(), options).documents().size(), 2U);
}

}  // namespace
}  // namespace custos::source
