// An archive whose catalog is in PostgreSQL and whose storage is shared: many write, all read.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/client_test_server.h"
#include "client/postgres.h"
#include "store/archive.h"
#include "store/sample_archive.h"
#include "store/vector_store.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

constexpr char kModel[] = "model 1";

enum class Kind { kFolder, kS3 };

class SharedArchive : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES");
    static std::atomic<int> count{0};
    options_.catalog = client::test_server("CUSTOS_TEST_POSTGRES");
    options_.schema = "archive_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    options_.storage = "file://" + (root_.path() / "shared").string();
    if (GetParam() == Kind::kS3) use_s3();
    options_.key_file = root_.path() / "key";
    const Status made = Archive::create(root_.path() / "first", options_, "");
    ASSERT_TRUE(made.ok()) << made.error().message;
    const Status joined = Archive::join(root_.path() / "second", options_, "");
    ASSERT_TRUE(joined.ok()) << joined.error().message;
  }
  void TearDown() override {
    if (options_.catalog.empty()) return;
    const auto postgres = client::Postgres::connect({.url = options_.catalog});
    static_cast<void>((*postgres)->execute("DROP SCHEMA IF EXISTS " + options_.schema + " CASCADE"));
    if (s3_ == nullptr) return;
    EXPECT_TRUE(s3_->remove_prefix({bucket_, "mail/"}).ok());
    EXPECT_TRUE(s3_->remove_bucket(bucket_).ok());
  }
  void use_s3() {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
    options_.s3.endpoint = client::test_server("CUSTOS_TEST_S3");
    bucket_ = "archive-" + std::to_string(getpid()) + "-" + std::to_string(std::random_device()());
    s3_ = *client::S3::open(options_.s3);
    ASSERT_TRUE(s3_->create_bucket(bucket_).ok());
    options_.storage = "s3://" + bucket_ + "/mail";
  }
  std::unique_ptr<Archive> write(const std::string& machine) {
    auto archive = Archive::open_for_writing(root_.path() / machine, options_);
    EXPECT_TRUE(archive.ok()) << archive.error().message;
    return std::move(archive).value();
  }
  std::unique_ptr<Archive> read(const std::string& machine) {
    auto archive = Archive::open_for_reading(root_.path() / machine, options_);
    EXPECT_TRUE(archive.ok()) << archive.error().message;
    return std::move(archive).value();
  }

  TemporaryFolder root_;
  ArchiveOptions options_;
  std::string bucket_;
  std::unique_ptr<client::S3> s3_;
};

TEST_P(SharedArchive, WhatOneMachineStoresAnotherReads) {
  ASSERT_TRUE(publish_samples(*write("first"), 0, 30, true, kModel).ok());
  const auto other = read("second");
  const auto entry = other->find_message("m100007");
  ASSERT_TRUE(entry.ok()) << entry.error().message;
  EXPECT_EQ(other->read_record(entry->key)->text.text(), "body of 7");
  EXPECT_EQ(other->original_of(entry->key)->document.bytes, sample_bytes(7));
  EXPECT_EQ(other->snapshot().value()->segments.front().keys.size(), 30U);
  EXPECT_EQ(faults_of(*other), "");
}

TEST_P(SharedArchive, HasNothingInTheFoldersOfItsMachinesThatIsNotElsewhereToo) {
  ASSERT_TRUE(publish_samples(*write("first"), 0, 20, true, kModel).ok());
  fs::remove_all(root_.path() / "first" / "cache");
  fs::remove_all(root_.path() / "first" / "scratch");
  EXPECT_EQ(faults_of(*read("first")), "");
}

TEST_P(SharedArchive, StoresOnceWhatTwoMachinesReadAtTheSameTime) {
  const auto first = write("first");
  const auto second = write("second");
  auto ours = add_samples(*first, 0, 20, true, kModel, "a.mbox");
  auto theirs = add_samples(*second, 10, 30, true, kModel, "b.mbox");
  ASSERT_TRUE(ours.ok() && theirs.ok());
  ASSERT_TRUE((*ours)->publish().ok());
  const Status published = (*theirs)->publish();
  ASSERT_TRUE(published.ok()) << published.error().message;
  EXPECT_EQ((*theirs)->stored(), 10U);
  const auto status = second->status();
  EXPECT_EQ(status->found, 40U);
  EXPECT_EQ(status->stored, 30U);
  EXPECT_EQ(status->duplicates, 10U);
  EXPECT_EQ(status->vectors, 30U);
  const auto entry = first->find_message("m100025");
  EXPECT_EQ(first->read_record(entry->key)->text.text(), "body of 25");
  EXPECT_EQ(first->places(first->find_message("m100015")->key)->size(), 2U);
  EXPECT_EQ(faults_of(*first), "");
}

TEST_P(SharedArchive, APublicationOfNothingButOthersMessagesLeavesNoSegment) {
  const auto first = write("first");
  const auto second = write("second");
  auto ours = add_samples(*first, 0, 5, true, "", "a.mbox");
  auto theirs = add_samples(*second, 0, 5, true, "", "b.mbox");
  ASSERT_TRUE((*ours)->publish().ok());
  ASSERT_TRUE((*theirs)->publish().ok());
  EXPECT_EQ(first->status()->segments, 1U);
  EXPECT_EQ(first->status()->duplicates, 5U);
  EXPECT_EQ(faults_of(*first), "");
}

TEST_P(SharedArchive, AVectorStoreHasTheVectorsOfWhatWasCommittedAndOfNothingElse) {
  const auto first = write("first");
  const auto second = write("second");
  const auto vectors = *open_vector_store("memory:", {.width = kSampleWidth});
  auto ours = add_samples(*first, 0, 20, true, kModel, "a.mbox", vectors.get());
  auto theirs = add_samples(*second, 10, 30, true, kModel, "b.mbox", vectors.get());
  ASSERT_TRUE((*ours)->publish().ok());
  const Status published = (*theirs)->publish();  // ten of them came second
  ASSERT_TRUE(published.ok()) << published.error().message;
  EXPECT_EQ(*vectors->count(), 30U);
  const auto counts = reconcile(*first, *vectors, {.compare_only = true});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->expected, 30U);
  EXPECT_EQ(counts->added + counts->removed + counts->pending, 0U);
}

TEST_P(SharedArchive, ReconcilingLeavesAloneWhatIsBeingPublished) {
  const auto first = write("first");
  const auto second = write("second");
  const auto vectors = *open_vector_store("memory:", {.width = kSampleWidth});
  ASSERT_TRUE(publish_samples(*first, 0, 10, true, kModel, "a.mbox").ok());  // a worker without the store
  auto open = add_samples(*second, 1000, 2100, true, kModel, "b.mbox", vectors.get());
  ASSERT_TRUE(open.ok()) << open.error().message;
  const uint64_t sent = *vectors->count();
  ASSERT_GT(sent, 0U);
  const auto counts = reconcile(*first, *vectors, {});
  ASSERT_TRUE(counts.ok()) << counts.error().message;
  EXPECT_EQ(counts->added, 10U);
  EXPECT_EQ(counts->removed, 0U);
  EXPECT_EQ(counts->pending, sent);
  ASSERT_TRUE((*open)->publish().ok());
  EXPECT_EQ(*vectors->count(), 1110U);
}

TEST_P(SharedArchive, MergesWhileOthersWrite) {
  const auto first = write("first");
  const auto second = write("second");
  for (int at = 0; at < 80; at += 10) ASSERT_TRUE(publish_samples(*first, at, at + 10, at == 70, kModel).ok());
  auto open = add_samples(*second, 200, 210, true, kModel, "b.mbox");
  const auto merged = first->merge_segments({});
  ASSERT_TRUE(merged.ok()) << merged.error().message;
  EXPECT_EQ(*merged, 7U);
  ASSERT_TRUE((*open)->publish().ok());
  EXPECT_EQ(second->status()->segments, 2U);
  EXPECT_EQ(second->read_record(second->find_message("m100033")->key)->text.text(), "body of 33");
  EXPECT_EQ(faults_of(*read("second")), "");
}

TEST_P(SharedArchive, AReaderGoesOnWhenASegmentIsMergedAwayUnderIt) {
  const auto first = write("first");
  for (int at = 0; at < 80; at += 10) ASSERT_TRUE(publish_samples(*first, at, at + 10, at == 70).ok());
  const auto reader = read("second");
  const auto before = *reader->snapshot();
  const MessageKey key = reader->find_message("m100042")->key;
  ASSERT_TRUE(first->merge_segments({}).ok());
  EXPECT_EQ(reader->read_record(key)->text.text(), "body of 42");
  EXPECT_EQ(before->segments.size(), 8U);
  EXPECT_EQ((*reader->snapshot())->segments.size(), 1U);
}

TEST_P(SharedArchive, FourMachinesAtOnceLoseNothingAndStoreNothingTwice) {
  constexpr int kMachines = 4;
  for (int machine = 2; machine < kMachines; ++machine) {
    ASSERT_TRUE(Archive::join(root_.path() / std::to_string(machine), options_, "").ok());
  }
  const auto work = [&](int machine) {
    const auto archive = write(machine < 2 ? (machine == 0 ? "first" : "second") : std::to_string(machine));
    const std::string box = std::to_string(machine) + ".mbox";
    for (int at = 0; at < 60; at += 15) {  // each begins somewhere else in the same hundred messages
      const int begin = (machine * 25 + at) % 90;
      const Status published = publish_samples(*archive, begin, begin + 15, at == 45, kModel, box);
      EXPECT_TRUE(published.ok()) << published.error().message;
      const auto merged = archive->merge_segments({});
      EXPECT_TRUE(merged.ok()) << merged.error().message;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int machine = 0; machine < kMachines; ++machine) threads.emplace_back(work, machine);
  }
  const auto reader = read("first");
  EXPECT_EQ(reader->status()->found, 240U);
  EXPECT_EQ(faults_of(*reader), "");
}

TEST_P(SharedArchive, RefusesToBeMadeTwiceAndToBeOnlyHalfShared) {
  const Status again = Archive::create(root_.path() / "third", options_, "");
  ASSERT_FALSE(again.ok());
  EXPECT_THAT(again.error().message, HasSubstr("has an archive's catalog already"));
  ArchiveOptions half = options_;
  half.storage.clear();
  EXPECT_EQ(Archive::open_for_reading(root_.path() / "first", half).error().code, Code::kInvalidArgument);
}

TEST_P(SharedArchive, IsNotMadeWhereItsBucketIsMissing) {
  if (GetParam() != Kind::kS3) GTEST_SKIP() << "a folder is made where it is missing";
  ArchiveOptions elsewhere = options_;
  elsewhere.schema += "_x";
  elsewhere.storage = "s3://" + bucket_ + "-missing/mail";
  const Status made = Archive::create(root_.path() / "third", elsewhere, "");
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr(bucket_ + "-missing"));
  EXPECT_FALSE(fs::exists(root_.path() / "third"));
}

TEST_P(SharedArchive, SaysThatTheServerIsAway) {
  options_.catalog = "postgresql://custos@127.0.0.1:1/postgres";
  const auto opened = Archive::open_for_reading(root_.path() / "first", options_);
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().message, HasSubstr("127.0.0.1:1"));
  options_.catalog.clear();
}

INSTANTIATE_TEST_SUITE_P(Storages, SharedArchive, testing::Values(Kind::kFolder, Kind::kS3),
                         [](const auto& each) { return std::string(each.param == Kind::kS3 ? "S3" : "Folder"); });

}  // namespace
}  // namespace custos::store
