// What is asked of a catalog that several write to at once, of a real server.
#include "store/catalog/postgres_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "client/client_test_server.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class SharedCatalog : public testing::Test {
 protected:
  void SetUp() override {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES");
    static std::atomic<int> count{0};
    options_.url = client::test_server("CUSTOS_TEST_POSTGRES");
    options_.schema = "shared_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    options_.application = options_.schema;
    ASSERT_TRUE(PostgresCatalog::create(options_).ok());
    source_ = *open()->register_source("/mail");
  }
  void TearDown() override {
    auto postgres = client::Postgres::connect(options_);
    if (!options_.schema.empty())
      static_cast<void>((*postgres)->execute("DROP SCHEMA " + options_.schema + " CASCADE"));
  }
  std::unique_ptr<PostgresCatalog> open() { return *PostgresCatalog::open(options_); }

  // Message `number`, found in file `path` at `place`, into row `row` of `segment`.
  MessageKey add(Catalog& catalog, int number, const std::string& path, uint64_t place, RowRef where) {
    const document::Record record = sample_record(number, place, path);
    const MessageKey key = *catalog.new_message_key();
    LedgerRow row;
    row.source = source_;
    row.place = {path, place, place + 1};
    row.status = LedgerStatus::kStored;
    row.message = key;
    row.raw_digest = record.raw_digest;
    row.raw_bytes = record.raw_bytes;
    EXPECT_TRUE(catalog.set_pack({0, 1}).ok());
    const auto added = catalog.add_stored(record, where, row);
    EXPECT_TRUE(added.ok()) << added.error().message;
    return key;
  }
  static SegmentRow segment(int64_t id, MessageKey first, MessageKey last, uint64_t messages) {
    return {id, "s" + std::to_string(id), first, last, messages, 0, 0, 0, {}};
  }

  client::PostgresOptions options_;
  SourceId source_{};
};

TEST_F(SharedCatalog, OfTwoWhoStoreTheSameMessageTheSecondHasADuplicate) {
  const auto first = open();
  const auto second = open();
  ASSERT_TRUE(first->begin().ok());
  ASSERT_TRUE(second->begin().ok());
  const int64_t first_segment = *first->new_segment_id();
  const int64_t second_segment = *second->new_segment_id();
  const MessageKey stored = add(*first, 1, "a", 0, {first_segment, 0});
  add(*second, 7, "b", 0, {second_segment, 0});
  const MessageKey late = add(*second, 1, "b", 1, {second_segment, 1});
  const MessageKey behind = add(*second, 8, "b", 2, {second_segment, 2});
  EXPECT_THAT(*first->prepare(), IsEmpty());
  ASSERT_TRUE(first->add_segment(segment(first_segment, stored, stored, 1)).ok());
  ASSERT_TRUE(first->commit().ok());

  EXPECT_EQ(*second->prepare(), std::vector{late});
  EXPECT_THAT(*second->prepare(), IsEmpty());
  ASSERT_TRUE(second->add_segment(segment(second_segment, MessageKey{}, behind, 2)).ok());
  ASSERT_TRUE(second->commit().ok());
  EXPECT_EQ(second->status()->stored, 3U);
  EXPECT_EQ(second->status()->duplicates, 1U);
  EXPECT_EQ(second->message(behind)->where.row, 1U);
  EXPECT_EQ(second->duplicate_rows(stored)->size(), 1U);
  EXPECT_EQ(second->message(late).error().code, Code::kNotFound);
}

TEST_F(SharedCatalog, OfTwoWhoReadTheSamePlacesOneIsRefused) {
  const auto first = open();
  const auto second = open();
  ASSERT_TRUE(first->begin().ok());
  ASSERT_TRUE(second->begin().ok());
  add(*first, 1, "box", 0, {1, 0});
  add(*second, 2, "box", 0, {2, 0});
  ASSERT_TRUE(first->commit().ok());
  const Status refused = second->commit();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("box"));
  second->rollback();
  EXPECT_EQ(second->status()->stored, 1U);
  EXPECT_EQ(second->recount()->stored, 1U);
}

TEST_F(SharedCatalog, SegmentsBelowAnOpenPublicationCanBeMergedAndNoOthers) {
  const auto first = open();
  const auto second = open();
  ASSERT_TRUE(first->begin().ok());
  const MessageKey early = add(*first, 1, "a", 0, {1, 0});
  ASSERT_TRUE(second->begin().ok());
  const MessageKey later = add(*second, 2, "b", 0, {2, 0});
  ASSERT_TRUE(second->commit().ok());
  EXPECT_LE(*second->merge_horizon(), early);
  ASSERT_TRUE(first->commit().ok());
  EXPECT_GT(*second->merge_horizon(), later);
}

TEST_F(SharedCatalog, APublicationThatWasGivenUpCannotCommitAndItsPartsAreKnown) {
  const auto slow = open();
  const auto other = open();
  ASSERT_TRUE(slow->begin().ok());
  const int64_t segment_id = *slow->new_segment_id();
  const uint32_t pack = *slow->new_pack_id();
  add(*slow, 1, "a", 0, {segment_id, 0});
  EXPECT_THAT(*other->abandoned(), IsEmpty());
  auto postgres = client::Postgres::connect(options_);
  ASSERT_TRUE((*postgres)->execute("UPDATE publication SET expires = 1").ok());  // as if its time were over
  const auto abandoned = other->abandoned();
  ASSERT_EQ(abandoned->size(), 1U);
  EXPECT_EQ(abandoned->front().segments, std::vector{segment_id});
  EXPECT_EQ(abandoned->front().packs, std::vector{pack});
  EXPECT_EQ(slow->commit().error().code, Code::kConflict);
  slow->rollback();
  ASSERT_TRUE(other->forget_abandoned(abandoned->front().block).ok());
  EXPECT_THAT(*other->abandoned(), IsEmpty());
  EXPECT_EQ(other->recount()->found, 0U);
}

TEST_F(SharedCatalog, ALostConnectionLosesOnlyWhatWasNotCommitted) {
  const auto lost = open();
  ASSERT_TRUE(lost->begin().ok());
  add(*lost, 1, "a", 0, {1, 0});
  ASSERT_TRUE(lost->commit().ok());
  auto postgres = client::Postgres::connect(options_);
  ASSERT_TRUE((*postgres)
                  ->execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '" +
                            options_.application + "' AND pid <> pg_backend_pid()")
                  .ok());
  ASSERT_TRUE(lost->begin().ok());
  EXPECT_FALSE(lost->new_message_key().ok());
  lost->rollback();
  const auto next = open();
  EXPECT_EQ(next->status()->stored, 1U);
  ASSERT_TRUE(next->begin().ok());
  add(*next, 2, "a", 1, {1, 0});
  EXPECT_TRUE(next->commit().ok());
}

TEST_F(SharedCatalog, APublicationThatIsOverdueGoesOnWhereNobodyGaveItUp) {
  const auto slow = open();
  const auto other = open();
  ASSERT_TRUE(slow->begin().ok());
  const int64_t id = *slow->new_segment_id();
  const MessageKey key = add(*slow, 1, "a", 0, {id, 0});
  auto postgres = client::Postgres::connect(options_);
  ASSERT_TRUE((*postgres)->execute("UPDATE publication SET expires = 1").ok());
  ASSERT_TRUE(slow->prepare().ok());
  EXPECT_THAT(*other->abandoned(), IsEmpty());
  ASSERT_TRUE(slow->add_segment(segment(id, key, key, 1)).ok());
  EXPECT_TRUE(slow->commit().ok());
  EXPECT_EQ(other->recount()->stored, 1U);
}

// What it would put into the storage nobody would remove.
TEST_F(SharedCatalog, APublicationThatWasGivenUpGetsNoFurtherParts) {
  const auto slow = open();
  const auto other = open();
  ASSERT_TRUE(slow->begin().ok());
  ASSERT_TRUE(slow->new_message_key().ok());
  auto postgres = client::Postgres::connect(options_);
  ASSERT_TRUE((*postgres)->execute("UPDATE publication SET expires = 1").ok());
  ASSERT_TRUE(other->forget_abandoned(other->abandoned()->front().block).ok());
  EXPECT_EQ(slow->new_segment_id().error().code, Code::kConflict);
  EXPECT_EQ(slow->new_pack_id().error().code, Code::kConflict);
}

TEST_F(SharedCatalog, ARebuildThatWasUndoneLeavesNoStrangers) {
  const auto catalog = open();
  ASSERT_TRUE(catalog->begin().ok());
  const MessageKey key = add(*catalog, 1, "a", 0, {1, 0});
  ASSERT_TRUE(catalog->commit().ok());
  document::Record record = sample_record(1);
  record.to = {{"Stranger", "stranger@example.com"}};
  ASSERT_TRUE(catalog->begin().ok());
  ASSERT_TRUE(catalog->clear_derived().ok());
  ASSERT_TRUE(catalog->replace_stored(key, record, {1, 0}).ok());
  catalog->rollback();
  ASSERT_TRUE(catalog->begin().ok());
  ASSERT_TRUE(catalog->clear_derived().ok());
  ASSERT_TRUE(catalog->replace_stored(key, record, {1, 0}).ok());
  ASSERT_TRUE(catalog->add_segment(segment(1, key, key, 1)).ok());
  ASSERT_TRUE(catalog->commit().ok());
  EXPECT_EQ(catalog->participants(key)->to, record.to);
  EXPECT_THAT(*catalog->faults(), IsEmpty());
}

// PostgreSQL's B-trees take no value of more than 2,700 bytes that cannot be made shorter.
TEST_F(SharedCatalog, TakesNamesOfAnyLengthAndAnyBytes) {
  std::mt19937 random(5);
  std::string name("\0\xff", 2);
  while (name.size() < 5000) name += static_cast<char>(random());
  const auto catalog = open();
  const auto source = catalog->register_source(name);
  ASSERT_TRUE(source.ok()) << source.error().message;
  EXPECT_EQ(*catalog->source_name(*source), name);
  ASSERT_TRUE(catalog->begin().ok());
  const FileProgress progress{1, 2, 3, 4, 5, 6, true};
  ASSERT_TRUE(catalog->set_file_progress(source_, name, progress).ok());
  const MessageKey key = add(*catalog, 1, name, 0, {1, 0});
  const Status committed = catalog->commit();
  ASSERT_TRUE(committed.ok()) << committed.error().message;
  EXPECT_EQ(*catalog->file_progress(source_, name), std::optional(progress));
  EXPECT_EQ(catalog->stored_row(key)->place.path, name);
  ASSERT_TRUE(catalog->set_file_progress(source_, name, progress).ok());
  EXPECT_TRUE(open()->ledger_row(source_, {name, 0, 1}, 0)->has_value());
}

TEST_F(SharedCatalog, OpensWhileAnotherProgramMakesTables) {
  auto postgres = client::Postgres::connect(options_);
  ASSERT_TRUE((*postgres)->execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('custos migration'))").ok());
  options_.lock_seconds = 1;
  const auto opened = PostgresCatalog::open(options_);
  EXPECT_TRUE(opened.ok()) << opened.error().message;
}

TEST_F(SharedCatalog, TellsReadersOfWhatWasSetOutsideOfTransactions) {
  const auto reader = open();
  const int64_t before = *reader->change_number();
  ASSERT_TRUE(open()->set_meta("name", "value").ok());
  EXPECT_NE(*reader->change_number(), before);
}

TEST_F(SharedCatalog, AMergeOfSegmentsThatAnotherReplacedIsAConflict) {
  const auto first = open();
  std::vector<SegmentRow> rows;
  for (int number = 1; number <= 2; ++number) {
    ASSERT_TRUE(first->begin().ok());
    const int64_t id = *first->new_segment_id();
    const MessageKey key = add(*first, number, "a", static_cast<uint64_t>(number), {id, 0});
    rows.push_back(segment(id, key, key, 1));
    ASSERT_TRUE(first->add_segment(rows.back()).ok());
    ASSERT_TRUE(first->commit().ok());
  }
  SegmentRow joined = segment(rows[0].id, rows[0].first, rows[1].last, 2);
  joined.name = "s1.1";
  const auto second = open();
  ASSERT_TRUE(second->begin().ok());
  ASSERT_TRUE(second->join_segments(rows, joined).ok());
  ASSERT_TRUE(second->commit().ok());
  ASSERT_TRUE(first->begin().ok());
  EXPECT_EQ(first->join_segments(rows, joined).error().code, Code::kConflict);
  first->rollback();
  EXPECT_EQ(first->segments()->size(), 1U);
}

TEST_F(SharedCatalog, HandsEachTaskToOneOfManyWorkers) {
  constexpr int kTasks = 60;
  constexpr int kWorkers = 6;
  {
    const auto catalog = open();
    for (int task = 0; task < kTasks; ++task) {
      ASSERT_TRUE(*catalog->add_task(source_, {"file" + std::to_string(task)}, 1));
    }
  }
  std::vector<std::vector<int64_t>> taken(kWorkers);
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < kWorkers; ++worker) {
      threads.emplace_back([&, worker] {
        const auto catalog = open();
        while (true) {
          const auto task = catalog->take_task("worker" + std::to_string(worker), 60);
          ASSERT_TRUE(task.ok()) << task.error().message;
          if (!task->has_value()) break;
          EXPECT_EQ((*task)->task.attempts, 1U);
          taken[static_cast<size_t>(worker)].push_back((*task)->task.id);
          ASSERT_TRUE(catalog->finish_task(**task, TaskEnd::kDone, "").ok());
        }
      });
    }
  }
  std::multiset<int64_t> all;
  for (const auto& each : taken) all.insert(each.begin(), each.end());
  EXPECT_EQ(all.size(), static_cast<size_t>(kTasks));
  EXPECT_EQ(std::set<int64_t>(all.begin(), all.end()).size(), static_cast<size_t>(kTasks));
  EXPECT_EQ(open()->task_counts()->done, static_cast<uint64_t>(kTasks));
}

// Four workers, whose mailboxes have many messages in common: each is stored once, whoever comes first.
TEST_F(SharedCatalog, BalancesWhoeverWritesWhatWhen) {
  constexpr int kWorkers = 4;
  constexpr int kPublications = 6;
  constexpr int kMessages = 40;
  std::atomic<int> found{0};
  std::vector<std::set<int>> numbers(kWorkers);
  const auto work = [&](int worker) {
    const auto catalog = open();
    std::mt19937 random(static_cast<unsigned>(worker));
    for (int publication = 0; publication < kPublications; ++publication) {
      ASSERT_TRUE(catalog->begin().ok());
      const int64_t id = *catalog->new_segment_id();
      uint64_t rows = 0;
      MessageKey last{};
      for (int at = 0; at < kMessages; ++at) {
        const int number = static_cast<int>(random() % 150);
        numbers[static_cast<size_t>(worker)].insert(number);
        const auto place = static_cast<uint64_t>(publication * kMessages + at);
        const auto same = catalog->find_by_content_key(sample_record(number).content_key);
        ++found;
        if (!same->has_value()) {
          last = add(*catalog, number, "box" + std::to_string(worker), place, {id, rows++});
          continue;
        }
        LedgerRow row;
        row.source = source_;
        row.place = {"box" + std::to_string(worker), place, place + 1};
        row.status = LedgerStatus::kDuplicate;
        row.message = (*same)->key;
        ASSERT_TRUE(catalog->add_ledger(row).ok());
      }
      while (true) {
        const auto late = catalog->prepare();
        ASSERT_TRUE(late.ok()) << late.error().message;
        rows -= late->size();
        if (late->empty()) break;
      }
      if (rows > 0) {
        ASSERT_TRUE(catalog->add_segment(segment(id, MessageKey{id}, last, rows)).ok());
      }
      const Status committed = catalog->commit();
      ASSERT_TRUE(committed.ok()) << committed.error().message;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int worker = 0; worker < kWorkers; ++worker) threads.emplace_back(work, worker);
  }
  std::set<int> all;
  for (const std::set<int>& each : numbers) all.insert(each.begin(), each.end());
  const auto catalog = open();
  const ArchiveStatus status = *catalog->status();
  const ArchiveStatus counted = *catalog->recount();
  EXPECT_EQ(status.found, static_cast<uint64_t>(found.load()));
  EXPECT_EQ(status.stored, all.size());
  EXPECT_EQ(counted.stored, status.stored);
  EXPECT_EQ(counted.duplicates, status.duplicates);
  EXPECT_EQ(counted.threads, status.threads);
  const std::vector<std::string> faults = *catalog->faults();
  EXPECT_THAT(faults, IsEmpty());
}

}  // namespace
}  // namespace custos::store
