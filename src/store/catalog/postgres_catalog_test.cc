// What is asked of a catalog that several write to at once, of a real server.
#include "store/catalog/postgres_catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
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
