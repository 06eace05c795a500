#include "source/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "source/testing/source_kit.h"

namespace custos::source {
namespace {

using ::testing::HasSubstr;

TEST(Format, HasANameAndBack) {
  for (const char* name : {"auto", "mbox", "maildir", "eml", "emlx", "jsonl", "tar", "zip"}) {
    const auto format = format_from_name(name);
    ASSERT_TRUE(format.ok());
    EXPECT_EQ(format_name(*format), name);
  }
  EXPECT_THAT(format_from_name("pst").error().message, HasSubstr("auto, mbox, maildir"));
}

// How many documents a folder or file of real mail has.
struct RealMail {
  const char* folder;
  const char* path;
  size_t documents;
};

class RealData : public ::testing::TestWithParam<RealMail> {};

TEST_P(RealData, HasItsKnownNumberOfDocuments) {
  const char* data = std::getenv("CUSTOS_DATA");
  if (data == nullptr) GTEST_SKIP() << "CUSTOS_DATA does not name a folder of real mail";
  const auto path = std::filesystem::path(data) / GetParam().folder / GetParam().path;
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "not in CUSTOS_DATA: " << GetParam().path;
  const auto walked = testing::walk(path);
  testing::expect_tiles(walked);
  EXPECT_EQ(walked.documents().size(), GetParam().documents);
  EXPECT_TRUE(walked.failures().empty());
}

constexpr const char* kPerceval = "mime/perceval/tests/data";
constexpr const char* kTika =
    "mime/apache_tika/tika-parsers/tika-parsers-standard/tika-parsers-standard-modules/tika-parser-mail-module/src/"
    "test/"
    "resources/test-documents";

INSTANTIATE_TEST_SUITE_P(All, RealData,
                         ::testing::Values(RealMail{"", "enron", 30014}, RealMail{"", "spam", 6532},
                                           RealMail{"", "threads/notmuch/default", 53},
                                           RealMail{"", "threads/imaptest/thread.mbox", 3},
                                           RealMail{"", "threads/imaptest/thread-orderedsubject.mbox", 15},
                                           RealMail{kPerceval, "mbox/mbox_complex.mbox", 2},
                                           RealMail{kPerceval, "mbox/mbox_no_fields.mbox", 6},
                                           RealMail{kPerceval, "mbox/mbox_multipart.mbox", 2},
                                           RealMail{kPerceval, "mbox/mbox_iso8859_encoding.mbox", 1},
                                           RealMail{kPerceval, "mbox/mbox_unixfrom_encoding.mbox", 1},
                                           RealMail{kPerceval, "pipermail/pipermail_2015_november.mbox", 4},
                                           RealMail{kPerceval, "hyperkitty/hyperkitty_2016_april.mbox", 3},
                                           RealMail{kTika, "complex.mbox", 3}, RealMail{kTika, "simple.mbox", 2},
                                           RealMail{kTika, "quoted.mbox", 1},
                                           RealMail{kTika, "testMBOX_lengthy_x-headers.mbox", 1}));

}  // namespace
}  // namespace custos::source
