#include "source/folder/file_part.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "source/testing/source_kit.h"
#include "source/testing/test_archive.h"

namespace custos::source {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::mbox;
using testing::message;
using ::testing::SizeIs;
using testing::States;
using testing::TestFolder;
using testing::Walk;
using testing::walk;

std::vector<ListedFile> listed(const std::filesystem::path& path, uint64_t part_bytes) {
  std::vector<ListedFile> files;
  const Status done = list_files(path, {}, part_bytes, [&](const ListedFile& file) {
    files.push_back(file);
    return Status();
  });
  EXPECT_TRUE(done.ok());
  return files;
}

SourceOptions only(const ListedFile& file) {
  SourceOptions options;
  options.range_first = options.range_last = file.name;
  return options;
}

// All parts, as several workers would read them: the last ones first.
Walk walk_parts(const std::filesystem::path& path, uint64_t part_bytes, const States& states = {}) {
  Walk all;
  all.states = states;
  const auto files = listed(path, part_bytes);
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    Walk one = walk(path, only(*file), all.states);
    all.states = one.states;
    all.items.insert(all.items.begin(), std::make_move_iterator(one.items.begin()),
                     std::make_move_iterator(one.items.end()));
  }
  return all;
}

std::vector<std::string> shown(const Walk& walked) {
  std::vector<std::string> all;
  for (const Item& item : walked.items) {
    if (const auto* raw = std::get_if<document::RawDocument>(&item.what)) {
      all.push_back(fmt::format("{} {}-{} {} {}", raw->place.path, raw->place.begin, raw->place.end, hash64(raw->bytes),
                                item.ends_logical_file));
    } else if (const auto* span = std::get_if<document::SkippedSpan>(&item.what)) {
      all.push_back(fmt::format("{} {}-{} {} {}", span->place.path, span->place.begin, span->place.end, span->reason,
                                item.ends_logical_file));
    }
  }
  return all;
}

// What is read in parts is what is read in one go, and nothing is left.
void expect_same_in_parts(const std::filesystem::path& path, uint64_t part_bytes, size_t parts) {
  EXPECT_THAT(listed(path, part_bytes), SizeIs(parts));
  const Walk in_parts = walk_parts(path, part_bytes);
  EXPECT_EQ(shown(in_parts), shown(walk(path)));
  EXPECT_THAT(walk_parts(path, part_bytes, in_parts.states).items, IsEmpty());
}

std::string json_lines(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i) lines += fmt::format("{{\"id\":\"{}\",\"text\":\"{:>{}}\"}}\n", i, "x", 40 + i % 37);
  return lines;
}

TEST(FilePart, IsNamedByItsFileAndBytes) {
  EXPECT_EQ(part_name({"a/b.mbox", 0, 70}), "a/b.mbox//part=0-70");
  EXPECT_EQ(part_name({"a/b.mbox", 70, 0}), "a/b.mbox//part=70-");
  const auto part = part_of_name("a/b.mbox//part=70-140");
  ASSERT_TRUE(part);
  EXPECT_EQ(part->file, "a/b.mbox");
  EXPECT_EQ(part->begin, 70U);
  EXPECT_EQ(part->end, 140U);
  EXPECT_EQ(part_of_name("a//part=7-")->end, 0U);
  for (const char* name : {"a/b.mbox", "a//part=", "a//part=7", "a//part=x-9", "a//part=9-7", "a//part=7-9x",
                           "//part=7-9", "a//part=99999999999999999999-"}) {
    EXPECT_FALSE(part_of_name(name)) << name;
  }
}

TEST(FilePart, PartsOfAnMboxAreTheWholeOfIt) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(100, 300));
  const uint64_t size = std::filesystem::file_size(path);
  for (const uint64_t part_bytes : {uint64_t{1}, size / 7, size / 2, size - 1}) {
    SCOPED_TRACE(part_bytes);
    const size_t parts = listed(path, part_bytes).size();
    EXPECT_GT(parts, part_bytes == size - 1 ? 0U : 1U);
    expect_same_in_parts(path, part_bytes, parts);
    expect_same_in_parts(folder.path(), part_bytes, parts);
  }
}

TEST(FilePart, PartsOfJsonLinesAreTheWholeOfThem) {
  const TestFolder folder;
  const auto path = folder.write("m.jsonl", json_lines(200));
  for (const uint64_t part_bytes : {100U, 1000U, 5000U}) {
    SCOPED_TRACE(part_bytes);
    expect_same_in_parts(path, part_bytes, listed(path, part_bytes).size());
  }
}

// Lines within a body whose Content-Length holds are no messages, wherever the cut falls.
TEST(FilePart, IsNotCutWithinABodyOfKnownLength) {
  const TestFolder folder;
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    const std::string body = "One.\n\nFrom ann@example.com Mon Jan  1 10:00:00 2024\nSubject: within\n\nTwo.\n";
    bytes += fmt::format("From ann@example.com Mon Jan  1 10:00:00 2024\nSubject: {}\nContent-Length: {}\n\n{}\n", i,
                         body.size(), body);
  }
  const auto path = folder.write("m.mbox", bytes);
  EXPECT_THAT(walk(path).items, SizeIs(50));
  for (uint64_t part_bytes = 300; part_bytes < 900; part_bytes += 37) {
    SCOPED_TRACE(part_bytes);
    expect_same_in_parts(path, part_bytes, listed(path, part_bytes).size());
  }
}

TEST(FilePart, SmallFilesAndOtherFormatsAreWhole) {
  const TestFolder folder;
  folder.write("a.mbox", mbox(2));
  folder.write("b.eml", message(1, 100'000));
  folder.write("c.tar", testing::archived({{"m", message(9, 100'000), ""}}, "tar"));
  for (const char* name : {"d/new/2.x", "d/tmp/3.x", "d/cur/1.x"}) folder.write(name, mbox(100));
  for (const ListedFile& file : listed(folder.path(), 1000)) EXPECT_FALSE(file.is_part) << file.name;
}

TEST(FilePart, AMessageLargerThanAPartIsOne) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(3, 300) + "From a@example.com Mon Jan  1 10:00:00 2024\n" +
                                               message(4, 50'000) + "\n" + mbox(3, 300));
  expect_same_in_parts(path, 1000, listed(path, 1000).size());
}

TEST(FilePart, GoesOnWhereItWasLeft) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(60));
  const auto parts = listed(path, std::filesystem::file_size(path) / 3);
  ASSERT_THAT(parts, SizeIs(3));
  for (const ListedFile& part : parts) {
    const Walk whole = walk(path, only(part));
    for (size_t done = 0; done <= whole.items.size(); ++done) {
      const Walk first = walk(path, only(part), {}, done);
      const Walk rest = walk(path, only(part), first.states);
      ASSERT_EQ(first.items.size() + rest.items.size(), whole.items.size()) << part.name << " after " << done;
    }
  }
}

TEST(FilePart, WhatIsAppendedIsReadByTheLastPartAndThoseThatFollow) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(40));
  const uint64_t part_bytes = std::filesystem::file_size(path) / 3;
  const Walk first = walk_parts(path, part_bytes);
  folder.append("m.mbox", mbox(40));
  const Walk second = walk_parts(path, part_bytes, first.states);
  EXPECT_THAT(second.items, SizeIs(40));
  Walk both;
  both.items = first.items;
  both.items.insert(both.items.end(), second.items.begin(), second.items.end());
  const auto all = shown(both);
  const auto whole = shown(walk(path));
  ASSERT_EQ(all.size(), whole.size());
  // But the mark of the end, which was where the file ended then.
  for (size_t i = 0; i < all.size(); ++i)
    EXPECT_EQ(all[i].substr(0, all[i].rfind(' ')), whole[i].substr(0, whole[i].rfind(' ')));
}

// All parts of the file that took its place are of the next generation, whichever is read first.
TEST(FilePart, AFileThatWasReplacedIsOfAnotherGenerationInAllItsParts) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(40));
  const uint64_t part_bytes = std::filesystem::file_size(path) / 3;
  const Walk first = walk_parts(path, part_bytes);
  std::string other = mbox(60, 400);
  other.replace(other.find("Subject"), 7, "Tcejbus");
  folder.write("m.mbox", other);
  const Walk second = walk_parts(path, part_bytes, first.states);
  EXPECT_THAT(second.items, SizeIs(60));
  for (const Item& item : second.items) EXPECT_EQ(item.state.generation, 1U);
}

TEST(FilePart, OneThatWasCutBeforeTheFileWasReplacedIsRefused) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(40));
  const auto parts = listed(path, std::filesystem::file_size(path) / 3);
  folder.write("m.mbox", mbox(41, 317));
  auto source = open_source(path, only(parts.at(1)), {});
  ASSERT_TRUE(source.ok());
  const auto item = (*source)->next();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, Code::kNotFound);
  EXPECT_THAT(item.error().message, HasSubstr("enqueue it again"));
}

// A state of it would say of all the other parts that their file was replaced.
TEST(FilePart, OneOfAFileThatIsNoneAnyMoreIsAnErrorAndNoState) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(40));
  const auto parts = listed(folder.path(), std::filesystem::file_size(path) / 3);
  std::filesystem::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  auto source = open_source(folder.path(), only(parts.at(1)), {});
  ASSERT_TRUE(source.ok());
  const auto item = (*source)->next();
  ASSERT_FALSE(item.ok());
  EXPECT_THAT(item.error().message, HasSubstr("m.mbox"));
}

TEST(FilePart, AFileThatWasReadWholeIsNotReadAgainInParts) {
  const TestFolder folder;
  const auto path = folder.write("m.mbox", mbox(40));
  const Walk whole = walk(path);
  EXPECT_THAT(walk_parts(path, 3000, whole.states).items, IsEmpty());
}

}  // namespace
}  // namespace custos::source
