#include "source/emlx/emlx_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::message;
using testing::TestFolder;
using testing::walk_checked;

constexpr std::string_view kList =
    "<?xml version=\"1.0\" "
    "encoding=\"UTF-8\"?>\n<plist><dict>\n<key>flags</key>\n<integer>23</integer></dict></plist>\n";

TEST(Emlx, SplitsMessageAndPropertyList) {
  const TestFolder folder;
  const std::string head = fmt::format("{}     \n", message(1).size());
  const auto walked = walk_checked(folder.write("1.emlx", head + message(1) + std::string(kList)));
  ASSERT_EQ(walked.documents().size(), 1U);
  EXPECT_EQ(walked.documents()[0].bytes, message(1));
  EXPECT_EQ(walked.documents()[0].flags, "FRST");
  EXPECT_EQ(walked.skipped()[0].place.begin, head.size() + message(1).size());
}

TEST(Emlx, CorrectsALengthThatIsWrong) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("1.emlx", "17\n" + message(1) + std::string(kList)));
  ASSERT_EQ(walked.documents().size(), 1U);
  EXPECT_EQ(walked.documents()[0].bytes, message(1));
}

TEST(Emlx, ATruncatedOneHasFailed) {
  const TestFolder folder;
  EXPECT_THAT(walk_checked(folder.write("1.emlx", "5000\n" + message(1))).failures(),
              ElementsAre(HasSubstr("truncated: the message should have 5000 bytes")));
}

}  // namespace
}  // namespace custos::source
