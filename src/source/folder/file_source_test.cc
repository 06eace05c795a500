#include "source/folder/file_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/testing/source_kit.h"
#include "source/testing/test_archive.h"

namespace custos::source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::mbox;
using testing::message;
using testing::TestFolder;
using testing::walk;
using testing::walk_checked;

std::vector<std::string> paths(const testing::Walk& walked) {
  std::vector<std::string> found;
  for (const auto& each : walked.documents())
    found.push_back(each.place.path + (each.flags.empty() ? "" : "|") + each.flags);
  return found;
}

std::vector<std::string> reasons(const testing::Walk& walked) {
  std::vector<std::string> found;
  for (const auto& each : walked.skipped()) found.push_back(each.place.path + ": " + each.reason);
  return found;
}

TEST(Tree, ReadsEveryFormatThatIsInItInOrder) {
  const TestFolder folder;
  folder.write("lay-k/inbox/1.", message(1));
  folder.write("lay-k/inbox/10.", message(2));
  folder.write("lay-k.mbox", mbox(2));
  folder.write("apple/5.emlx", fmt::format("{}\n{}<?xml version=\"1.0\"?><plist><dict><key>flags</key>"
                                           "<integer>5</integer></dict></plist>",
                                           message(3).size(), message(3)));
  folder.write("chat.jsonl", "{\"id\":\"1\",\"text\":\"hello\"}\n\n{\"id\":\"2\",\"text\":\"you\"}");
  folder.write(".DS_Store", std::string("\0\0\0\1Bud1", 8));
  folder.write("page.html", "<html><body>hello</body></html>");
  folder.write("note.eml", "no headers at all");
  folder.write("z.tar", testing::archived({{"m", message(9), ""}}, "tar"));
  const auto walked = walk_checked(folder.path());
  EXPECT_THAT(paths(walked), ElementsAre("apple/5.emlx|RS", "chat.jsonl", "chat.jsonl", "lay-k/inbox/1.",
                                         "lay-k/inbox/10.", "lay-k.mbox", "lay-k.mbox", "note.eml", "z.tar/m"));
  EXPECT_THAT(reasons(walked),
              ElementsAre(".DS_Store: not mail", "apple/5.emlx: Apple Mail's property list", "page.html: not mail"));
  EXPECT_EQ(walked.progress.bytes_read, walked.progress.bytes_total);
}

TEST(Tree, ASecondRunOpensNothing) {
  const TestFolder folder;
  folder.write("a/1", message(1));
  folder.write("b", mbox(2));
  folder.write("c.zip", testing::archived({{"m", message(9), ""}}, "zip"));
  const auto first = walk(folder.path());
  ::chmod((folder.path() / "b").c_str(), 0);
  const auto second = walk(folder.path(), {}, first.states);
  EXPECT_THAT(second.items, IsEmpty());
  EXPECT_EQ(second.progress.files_unchanged, 3U);
  EXPECT_EQ(second.progress.bytes_read, second.progress.bytes_total);
}

TEST(Tree, NewFilesAreFoundByTheNextRun) {
  const TestFolder folder;
  folder.write("a/1", message(1));
  const auto first = walk(folder.path());
  folder.write("a/2", message(2));
  EXPECT_THAT(paths(walk(folder.path(), {}, first.states)), ElementsAre("a/2"));
}

TEST(Maildir, ReadsFlagsAndSubfoldersAndLeavesTmp) {
  const TestFolder folder;
  folder.write("cur/1.a:2,SR", message(1));
  folder.write("cur/2.b:2,", "no headers");
  folder.write("new/3.c", message(3));
  folder.write("tmp/4.d", message(4));
  folder.write(".Sent/cur/5.e!2,FSS", message(5));
  folder.write(".Sent/new/.keep", "");
  folder.write("deep/er/cur/6:2,T", message(6));
  folder.write("deep/er/new/7", message(7));
  folder.write("dovecot-uidlist", "3 V1 N2\n1 :x\n");
  const auto walked = walk_checked(folder.path());
  EXPECT_THAT(paths(walked), ElementsAre(".Sent/cur/5.e!2,FSS|FS", "cur/1.a:2,SR|RS", "cur/2.b:2,",
                                         "deep/er/cur/6:2,T|T", "deep/er/new/7", "new/3.c"));
  EXPECT_THAT(reasons(walked), ElementsAre(".Sent/new/.keep: empty file", "dovecot-uidlist: not mail",
                                           "tmp/4.d: in a maildir's tmp: never delivered"));
}

TEST(Maildir, ForcedReadsNothingElse) {
  const TestFolder folder;
  folder.write("cur/1:2,S", message(1));
  folder.write("new/2", message(2));
  folder.write("other", message(3));
  SourceOptions options;
  options.format = Format::kMaildir;
  EXPECT_THAT(paths(walk_checked(folder.path(), options)), ElementsAre("cur/1:2,S|S", "new/2"));
}

TEST(Tree, LinksAreFollowedOnceAndNeverInALoop) {
  const TestFolder folder;
  const TestFolder outside;
  outside.write("more/1", message(1));
  outside.write("one", message(2));
  folder.write("a/1", message(3));
  std::filesystem::create_directory_symlink(folder.path(), folder.path() / "a/loop");
  std::filesystem::create_directory_symlink(outside.path(), folder.path() / "b");
  std::filesystem::create_directory_symlink(outside.path(), folder.path() / "c");
  std::filesystem::create_symlink(outside.path() / "one", folder.path() / "d");
  std::filesystem::create_symlink(outside.path() / "none", folder.path() / "e");
  std::filesystem::create_symlink("f", folder.path() / "f");
  std::filesystem::create_directory_symlink(outside.path(), outside.path() / "more/up");
  std::filesystem::create_directory_symlink(folder.path(), outside.path() / "back");
  const auto walked = walk_checked(folder.path());
  EXPECT_THAT(paths(walked), ElementsAre("a/1", "b/more/1", "b/one", "d"));
  EXPECT_THAT(walked.failures(), ElementsAre(HasSubstr("e: a link that leads nowhere")));
}

TEST(Tree, DevicesAndPipesAreNeverOpened) {
  const TestFolder folder;
  folder.write("a", message(1));
  ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
  EXPECT_THAT(reasons(walk_checked(folder.path())), ElementsAre("pipe: a device, pipe or socket"));
}

TEST(Tree, FoldersBelowTheLimitHaveFailed) {
  const TestFolder folder;
  folder.write("1/2/3/m", message(1));
  folder.write("1/m", message(2));
  SourceOptions options;
  options.folder_depth_max = 2;
  const auto walked = walk_checked(folder.path(), options);
  EXPECT_THAT(walked.failures(), ElementsAre("1/2/3: folders nested deeper than 2"));
  EXPECT_THAT(paths(walked), ElementsAre("1/m"));
}

TEST(Tree, UnreadableFilesHaveFailedOnceAndAreReadWhenTheyCanBe) {
  if (::geteuid() == 0) GTEST_SKIP() << "root can read everything";
  const TestFolder folder;
  const auto path = folder.write("a", message(1));
  ::chmod(path.c_str(), 0);
  const auto first = walk_checked(folder.path());
  EXPECT_THAT(first.failures(), ElementsAre(HasSubstr("a: unreadable")));
  ::chmod(path.c_str(), 0600);
  EXPECT_THAT(paths(walk(folder.path(), {}, first.states)), ElementsAre("a"));
}

TEST(Tree, AFileThatVanishesAfterListingHasFailed) {
  const TestFolder folder;
  folder.write("a", message(1));
  const auto path = folder.write("b", message(2));
  auto source = open_source(folder.path(), {}, nullptr);
  ASSERT_TRUE(source.ok());
  ASSERT_TRUE((*source)->next().ok());
  std::filesystem::remove(path);
  const auto item = (*source)->next();
  ASSERT_TRUE(item.ok() && item->has_value());
  const auto* span = std::get_if<document::SkippedSpan>(&(*item)->what);
  ASSERT_NE(span, nullptr);
  EXPECT_TRUE(span->failed);
  EXPECT_THAT(span->reason, HasSubstr("No such file"));
}

TEST(Tree, AFileThatShrinksWhileItIsReadHasFailed) {
  const TestFolder folder;
  const auto path = folder.write("box", mbox(3000, 1000));
  auto source = open_source(path, {}, nullptr);
  ASSERT_TRUE(source.ok());
  testing::Walk walked;
  while (true) {
    auto item = (*source)->next();
    ASSERT_TRUE(item.ok());
    if (!item->has_value()) break;
    walked.items.push_back(std::move(**item));
    std::filesystem::resize_file(path, 2'000'000);
  }
  testing::expect_tiles(walked);
  EXPECT_THAT(walked.failures(), ElementsAre(HasSubstr("ends at byte 2000000")));
}

TEST(SingleFile, IsReadAsAMessageEvenWithoutHeaders) {
  const TestFolder folder;
  EXPECT_THAT(paths(walk_checked(folder.write("x", "hello\n"))), ElementsAre("x"));
  EXPECT_THAT(reasons(walk_checked(folder.write("y", std::string("\x89PNG\0\1", 6)))), ElementsAre("y: not mail"));
  EXPECT_THAT(reasons(walk_checked(folder.write("z", ""))), ElementsAre("z: empty file"));
}

TEST(SingleFile, EmptyLinesBeforeTheHeadersAreNotContent) {
  const TestFolder folder;
  folder.write("a/8", "\n" + message(1));
  const auto walked = walk_checked(folder.path());
  ASSERT_EQ(walked.documents().size(), 1U);
  EXPECT_EQ(walked.documents()[0].bytes, message(1));
  EXPECT_EQ(walked.documents()[0].place.begin, 0U);
}

TEST(SingleFile, ThatIsNotThereIsAnError) {
  const auto source = open_source("/nonexistent/mail", {}, nullptr);
  ASSERT_FALSE(source.ok());
  EXPECT_EQ(source.error().code, Code::kNotFound);
}

TEST(SingleFile, OutlookFilesHaveFailedAndSayWhatToDo) {
  const TestFolder folder;
  EXPECT_THAT(walk_checked(folder.write("a.pst", "!BDN" + std::string(600, '\1'))).failures(),
              ElementsAre(HasSubstr("export as mbox or eml")));
}

// Runs with `bytes` on stdin, by way of a pipe.
testing::Walk walk_stdin(const std::string& bytes, const testing::States& states = {}, size_t items_max = SIZE_MAX) {
  const TestFolder folder;
  const auto path = folder.write("in", bytes);
  const int saved = ::dup(STDIN_FILENO);
  const std::string command = "cat " + path.string();
  FILE* pipe = ::popen(command.c_str(), "r");
  ::dup2(::fileno(pipe), STDIN_FILENO);
  auto walked = walk("-", {}, states, items_max);
  ::dup2(saved, STDIN_FILENO);
  ::close(saved);
  ::pclose(pipe);
  return walked;
}

TEST(Stdin, TakesAMessageAnMboxJsonLinesOrAContainer) {
  EXPECT_THAT(paths(walk_stdin(message(1))), ElementsAre("-"));
  EXPECT_THAT(paths(walk_stdin(mbox(2))), ElementsAre("-", "-"));
  EXPECT_THAT(paths(walk_stdin("{\"id\":\"1\",\"text\":\"a\"}\n")), ElementsAre("-"));
  for (const char* kind : {"tar", "zip"}) {
    const auto walked = walk_stdin(testing::archived({{"a/1", message(1), ""}, {"b", mbox(1), ""}}, kind));
    EXPECT_THAT(paths(walked), ElementsAre("a/1", "b")) << kind;
    testing::expect_tiles(walked);
  }
}

TEST(Stdin, TheSameBytesAgainContinueWhereTheyWereLeft) {
  const auto first = walk_stdin(mbox(5), {}, 2);
  EXPECT_EQ(walk_stdin(mbox(5), first.states).documents().size(), 3U);
  const auto all = walk_stdin(mbox(5));
  EXPECT_EQ(walk_stdin(mbox(5), all.states).documents().size(), 5U);
}

}  // namespace
}  // namespace custos::source
