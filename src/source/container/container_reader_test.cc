#include "source/container/container_reader.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "source/testing/source_kit.h"
#include "source/testing/test_archive.h"

namespace custos::source {
namespace {

using testing::archived;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::mbox;
using testing::message;
using testing::TestFolder;
using testing::TestMember;
using testing::walk_checked;

std::vector<TestMember> mixed() {
  return {{"mail/lay-k/inbox/1.", message(1), ""},
          {"mail/box", mbox(3), ""},
          {"md/cur/7:2,SR", message(5), ""},
          {"photo.jpg", std::string("\xFF\xD8\xFF\0\1", 5), ""},
          {"chat.jsonl", "{\"id\":\"1\",\"text\":\"a\"}\n{\"id\":\"2\",\"text\":\"b\"}\n", ""},
          {"empty", "", ""}};
}

std::vector<std::string> paths(const testing::Walk& walked) {
  std::vector<std::string> found;
  for (const auto& each : walked.documents()) found.push_back(each.place.path);
  return found;
}

struct Form {
  const char* kind;
  const char* filter;
};

class Containers : public ::testing::TestWithParam<Form> {};

TEST_P(Containers, GiveTheirMembersUnderTheirPaths) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("box", archived(mixed(), GetParam().kind, GetParam().filter)));
  EXPECT_THAT(paths(walked), ElementsAre("mail/lay-k/inbox/1.", "mail/box", "mail/box", "mail/box", "md/cur/7:2,SR",
                                         "chat.jsonl", "chat.jsonl"));
  EXPECT_EQ(walked.documents()[4].flags, "RS");
  EXPECT_EQ(walked.documents()[5].kind, document::RawKind::kRecord);
  EXPECT_EQ(walked.skipped().size(), 2U);
  EXPECT_THAT(walked.failures(), IsEmpty());
  EXPECT_EQ(walked.progress.bytes_read, walked.progress.bytes_total);
}

TEST_P(Containers, CutAnywhereTheyTileAndSaySo) {
  const TestFolder folder;
  const std::string whole = archived(mixed(), GetParam().kind, GetParam().filter);
  for (size_t size = 600; size + 100 < whole.size(); size += 331) {
    const auto walked = testing::walk(folder.write("box", whole.substr(0, size)));
    testing::expect_tiles(walked);
    const bool has_all = walked.documents().size() == 7;  // cut in the directory or end mark
    EXPECT_TRUE(has_all || !walked.failures().empty()) << "cut at " << size << " of " << whole.size();
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, Containers,
                         ::testing::Values(Form{"tar", ""}, Form{"tar", "gzip"}, Form{"tar", "zstd"}, Form{"tar", "xz"},
                                           Form{"tar", "bzip2"}, Form{"zip", ""}));

class Compressions : public ::testing::TestWithParam<const char*> {};

TEST_P(Compressions, OfOneFileAreThatFile) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("sub/box.mbox", archived({{"x", mbox(3), ""}}, GetParam())));
  EXPECT_THAT(paths(walked), ElementsAre("box.mbox", "box.mbox", "box.mbox"));
  EXPECT_EQ(walked.documents()[2].place.end, mbox(3).size());
  EXPECT_THAT(paths(testing::walk(folder.path())), Contains("sub/box.mbox").Times(3));
}

INSTANTIATE_TEST_SUITE_P(All, Compressions, ::testing::Values("gzip", "zstd", "xz", "bzip2"));

TEST(Container, BelowAFolderItsPathComesFirst) {
  const TestFolder folder;
  folder.write("sub/box.tar", archived({{"a/1", message(1), ""}}, "tar"));
  EXPECT_THAT(paths(walk_checked(folder.path())), ElementsAre("sub/box.tar/a/1"));
}

TEST(Container, NestedOnesAreOpenedUpToTheLimit) {
  std::string inner = archived({{"1", message(1), ""}}, "zip");
  inner = archived({{"in.zip", inner, ""}, {"2", message(2), ""}}, "tar", "gzip");
  const TestFolder folder;
  const auto path = folder.write("box", archived({{"in.tgz", inner, ""}}, "tar"));
  EXPECT_THAT(paths(walk_checked(path)), ElementsAre("in.tgz/in.zip/1", "in.tgz/2"));
  SourceOptions options;
  options.container_depth_max = 2;
  const auto walked = walk_checked(path, options);
  EXPECT_THAT(walked.failures(), ElementsAre("in.tgz/in.zip: containers nested deeper than 2"));
  EXPECT_THAT(paths(walked), ElementsAre("in.tgz/2"));
}

TEST(Container, EncryptedMembersHaveFailed) {
  const TestFolder folder;
  const auto path = folder.write("box", archived({{"1", message(1), ""}}, "zip", "", "secret"));
  EXPECT_THAT(walk_checked(path).failures(), ElementsAre("1: encrypted"));
}

TEST(Container, ABombEndsTheContainerAndNothingElse) {
  const TestFolder folder;
  const std::string bomb = archived({{"a", std::string(80U << 20, ' '), ""}, {"b", message(1), ""}}, "tar", "zstd");
  folder.write("a", bomb);
  folder.write("b", message(2));
  SourceOptions options;
  options.expansion_ratio_max = 100;
  const auto walked = testing::walk(folder.path(), options);
  testing::expect_tiles(walked);
  EXPECT_THAT(walked.failures(), ElementsAre(HasSubstr("a/a: the container grows too much")));
  EXPECT_THAT(paths(walked), ElementsAre("b"));
  options = {};
  options.expanded_bytes_max = 1U << 20;
  EXPECT_THAT(testing::walk(folder.path(), options).failures(), ElementsAre(HasSubstr("grows too much")));
}

TEST(Container, NamesAreSanitisedAndUnique) {
  const TestFolder folder;
  const auto path = folder.write("box", archived({{"../../x", message(1), ""},
                                                  {"/x", message(2), ""},
                                                  {"a/./b//c", message(3), ""},
                                                  {"C:\\d\\e", message(4), ""}},
                                                 "tar"));
  EXPECT_THAT(paths(walk_checked(path)), ElementsAre("x", "x#2", "a/b/c", "d/e"));
}

TEST(Container, LinksAreNotFollowed) {
  const TestFolder folder;
  const auto walked =
      walk_checked(folder.write("box", archived({{"l", "", "/etc/passwd"}, {"1", message(1), ""}}, "tar")));
  EXPECT_THAT(paths(walked), ElementsAre("1"));
  EXPECT_EQ(walked.skipped()[0].reason, "a link in a container is not followed");
}

TEST(Container, OfficeDocumentsAreNotMail) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("r", archived({{"[Content_Types].xml", "<x/>", ""}}, "zip")));
  ASSERT_EQ(walked.skipped().size(), 1U);
  EXPECT_EQ(walked.skipped()[0].reason, "not mail");
}

TEST(Container, WithoutFilesIsAccountedFor) {
  const TestFolder folder;
  const auto walked = walk_checked(folder.write("r.zip", archived({}, "zip")));
  ASSERT_EQ(walked.skipped().size(), 1U);
  EXPECT_EQ(walked.skipped()[0].reason, "a container without files");
}

TEST(Container, AMemberAboveTheLimitIsReadPast) {
  const TestFolder folder;
  SourceOptions options;
  options.document_bytes_max = 1000;
  const auto path = folder.write("box", archived({{"1", message(1, 5000), ""}, {"2", message(2), ""}}, "tar", "gzip"));
  const auto walked = walk_checked(path, options);
  EXPECT_THAT(walked.failures(), ElementsAre("1: larger than 1000 bytes"));
  EXPECT_THAT(paths(walked), ElementsAre("2"));
}

TEST(Container, ForcedFormatIsOfItsMembers) {
  const TestFolder folder;
  SourceOptions options;
  options.format = Format::kEml;
  const auto walked = walk_checked(folder.write("box", archived({{"1", "no headers", ""}}, "tar")), options);
  EXPECT_THAT(paths(walked), ElementsAre("1"));
  options.format = Format::kTar;
  EXPECT_THAT(walk_checked(folder.write("text", "no tar"), options).failures(),
              ElementsAre("text: not a tar or zip file"));
}

}  // namespace
}  // namespace custos::source
