// How every Catalog behaves. An implementation adds a factory to kFactories and runs all of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "client/client_test_server.h"
#include "store/catalog/catalog.h"
#include "store/catalog/postgres_catalog.h"
#include "store/catalog/sqlite_catalog.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;

// A fresh, empty catalog each time; `reopen` connects to it anew.
struct CatalogFixture {
  virtual ~CatalogFixture() = default;
  virtual std::unique_ptr<Catalog> reopen() = 0;
};

struct SqliteFixture final : CatalogFixture {
  SqliteFixture() { EXPECT_TRUE(SqliteCatalog::create(folder.path() / "c").ok()); }
  std::unique_ptr<Catalog> reopen() override {
    auto catalog = SqliteCatalog::open(folder.path() / "c", Sqlite::Mode::kWrite);
    EXPECT_TRUE(catalog.ok());
    return std::move(catalog).value();
  }
  TemporaryFolder folder;
};

// A schema of its own in the server that $CUSTOS_TEST_POSTGRES names.
struct PostgresFixture final : CatalogFixture {
  PostgresFixture() {
    static std::atomic<int> count{0};
    options.url = client::test_server("CUSTOS_TEST_POSTGRES");
    options.schema = "contract_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    const Status made = PostgresCatalog::create(options);
    EXPECT_TRUE(made.ok()) << made.error().message;
  }
  ~PostgresFixture() override {
    auto postgres = client::Postgres::connect(options);
    if (postgres.ok()) {
      EXPECT_TRUE((*postgres)->execute("DROP SCHEMA " + options.schema + " CASCADE").ok());
    }
  }
  std::unique_ptr<Catalog> reopen() override {
    auto catalog = PostgresCatalog::open(options);
    EXPECT_TRUE(catalog.ok()) << catalog.error().message;
    return std::move(catalog).value();
  }
  client::PostgresOptions options;
};

struct Factory {
  const char* name;
  const char* server;  // the variable that says where it is; null: none is needed
  std::function<std::unique_ptr<CatalogFixture>()> make;
};

class CatalogContract : public testing::TestWithParam<Factory> {
 protected:
  void SetUp() override {
    if (GetParam().server != nullptr) {
      CUSTOS_NEEDS_SERVER(GetParam().server);
    }
    renew();
  }
  void renew() {
    catalog_.reset();
    fixture_ = GetParam().make();
    catalog_ = fixture_->reopen();
    source_ = *catalog_->register_source("/mail");
    next_ = 0;
  }
  // Adds a message inside the open transaction.
  MessageKey add(document::Record record) {
    const MessageKey key = *catalog_->new_message_key();
    LedgerRow row;
    row.source = source_;
    row.place = {"box", next_, next_ + 10};
    next_ += 10;
    row.status = LedgerStatus::kStored;
    row.message = key;
    row.raw_digest = record.raw_digest;
    row.raw_bytes = record.raw_bytes;
    const auto added = catalog_->add_stored(record, {1, 0}, row);
    EXPECT_TRUE(added.ok()) << added.error().message;
    return key;
  }
  void commit() {
    const Status committed = catalog_->commit();
    ASSERT_TRUE(committed.ok()) << committed.error().message;
  }

  std::unique_ptr<CatalogFixture> fixture_;
  std::unique_ptr<Catalog> catalog_;
  SourceId source_{};
  uint64_t next_ = 0;
};

TEST_P(CatalogContract, GivesASourceTheSameIdEachTime) {
  EXPECT_EQ(*catalog_->register_source("/mail"), source_);
  EXPECT_NE(*catalog_->register_source("/other"), source_);
  EXPECT_EQ(*catalog_->source_name(source_), "/mail");
}

TEST_P(CatalogContract, ForgetsWhatWasRolledBackAndKeepsWhatWasCommitted) {
  ASSERT_TRUE(catalog_->begin().ok());
  add(sample_record(1));
  catalog_->rollback();
  EXPECT_EQ(catalog_->status()->stored, 0U);
  ASSERT_TRUE(catalog_->begin().ok());
  add(sample_record(2));
  ASSERT_TRUE(catalog_->set_file_progress(source_, "box", {1, -2, 3, ~0ULL, 5, 6, true}).ok());
  commit();
  catalog_ = fixture_->reopen();
  const auto status = catalog_->status();
  ASSERT_TRUE(status.ok()) << status.error().message;
  EXPECT_EQ(status->stored, 1U);
  EXPECT_EQ(catalog_->recount()->stored, 1U);
  EXPECT_EQ(**catalog_->file_progress(source_, "box"), (FileProgress{1, -2, 3, ~0ULL, 5, 6, true}));
  EXPECT_FALSE(catalog_->file_progress(source_, "other")->has_value());
}

TEST_P(CatalogContract, NeverGivesANumberTwice) {
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey first = *catalog_->new_message_key();
  const int64_t segment = *catalog_->new_segment_id();
  commit();
  ASSERT_TRUE(catalog_->begin().ok());
  EXPECT_GT(*catalog_->new_message_key(), first);
  EXPECT_GT(*catalog_->new_segment_id(), segment);
  catalog_->rollback();
}

TEST_P(CatalogContract, FindsAMessageByEachOfItsNames) {
  const document::Record record = sample_record(3);
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey key = add(record);
  add(sample_record(4));
  commit();
  EXPECT_EQ((*catalog_->find_by_content_key(record.content_key))->key, key);
  EXPECT_EQ((*catalog_->find_by_raw_digest(record.raw_digest))->key, key);
  EXPECT_EQ((*catalog_->find_by_id(record.id))->key, key);
  EXPECT_EQ(catalog_->find_by_message_id(record.message_id, 9)->size(), 1U);
  EXPECT_EQ(catalog_->find_by_id_prefix("m10000", 9)->size(), 2U);
  Digest near = record.content_key;
  near.bytes[31] ^= 1;  // same prefix, another digest
  EXPECT_FALSE(catalog_->find_by_content_key(near)->has_value());
  near = record.raw_digest;
  near.bytes[31] ^= 1;
  EXPECT_FALSE(catalog_->find_by_raw_digest(near)->has_value());
}

TEST_P(CatalogContract, ExpectingChangesNoAnswer) {
  ASSERT_TRUE(catalog_->begin().ok());
  add(sample_record(1));
  commit();
  std::vector<Expected> expected;
  const document::Record ahead = sample_record(2);  // its participants are numbered ahead
  for (int number = 0; number < 3; ++number) {
    const document::Record record = sample_record(number);
    const auto begin = static_cast<uint64_t>(number) * 10;  // what was added lies at 0
    expected.push_back({record.content_key, record.id, source_, {"box", begin, begin + 10}, 0, &ahead});
  }
  expected.push_back({{}, "", source_, {"box of another", 0, 10}, 0, nullptr});
  ASSERT_TRUE(catalog_->begin().ok());
  const Status asked = catalog_->expect(expected);
  ASSERT_TRUE(asked.ok()) << asked.error().message;
  for (int number = 0; number < 3; ++number) {
    const Expected& one = expected[static_cast<size_t>(number)];
    EXPECT_EQ(catalog_->find_by_content_key(one.content_key)->has_value(), number == 1);
    EXPECT_EQ(catalog_->find_by_id(one.id)->has_value(), number == 1);
    EXPECT_EQ(catalog_->ledger_row(source_, one.place, 0)->has_value(), number == 0);
  }
  EXPECT_FALSE(catalog_->ledger_row(source_, expected[3].place, 0)->has_value());
  // What is added afterwards is found.
  add(sample_record(2));
  EXPECT_TRUE(catalog_->find_by_content_key(expected[2].content_key)->has_value());
  EXPECT_TRUE(catalog_->find_by_id(expected[2].id)->has_value());
  EXPECT_TRUE(catalog_->ledger_row(source_, {"box", 10, 20}, 0)->has_value());
  EXPECT_TRUE(catalog_->expect({}).ok());
  commit();
  EXPECT_EQ(catalog_->participants(catalog_->find_by_id(ahead.id).value()->key)->from.front().name, "Ann Sample");
  const std::vector<Digest> keys = {expected[0].content_key, expected[1].content_key, expected[2].content_key};
  EXPECT_EQ(*catalog_->have_content_keys(keys), (std::vector<bool>{false, true, true}));
  EXPECT_TRUE(catalog_->have_content_keys({})->empty());
}

TEST_P(CatalogContract, KeepsEachMessagesOwnNamesOfItsParticipants) {
  document::Record record = sample_record(1);
  document::Record other = sample_record(2);
  other.from = {{"A. Sample (away)", "ann@example.com"}};
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey first = add(record);
  const MessageKey second = add(other);
  commit();
  EXPECT_EQ(catalog_->participants(first)->from, record.from);
  EXPECT_EQ(catalog_->participants(first)->to, record.to);
  EXPECT_EQ(catalog_->participants(second)->from, other.from);
}

TEST_P(CatalogContract, KeepsParticipantsOfEveryRoleInOrder) {
  document::Record record = sample_record(1);
  record.from = {{"", "ann@example.com"}};
  record.to = {{"\"Zoë\" \\ [1,2]\t", "zoe@example.com"}, {"Ann", "ann@example.com"}, {"", "ann@example.com"}};
  record.cc = {};
  record.bcc = {{"Long", std::string(500, 'x') + "@example.com"}, {"", ""}};
  document::Record alone = sample_record(2);
  alone.from = alone.to = alone.cc = alone.bcc = {};
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey first = add(record);
  const MessageKey second = add(alone);
  commit();
  const auto people = catalog_->participants(first);
  ASSERT_TRUE(people.ok());
  EXPECT_EQ(people->from, record.from);
  EXPECT_EQ(people->to, record.to);
  EXPECT_EQ(people->cc, record.cc);
  EXPECT_EQ(people->bcc, record.bcc);
  EXPECT_TRUE(catalog_->participants(second)->from.empty());
  EXPECT_THAT(*catalog_->faults(), Each(Not(HasSubstr("participants"))));
}

// So many people that some are forgotten before they come again.
TEST_P(CatalogContract, KnowsAPersonAgainAfterManyOthers) {
  constexpr int kMessages = 400;
  ASSERT_TRUE(catalog_->begin().ok());
  std::vector<MessageKey> keys;
  const auto people_of = [](int number) {
    std::vector<document::Participant> people;
    for (int i = 0; i < 100; ++i) people.push_back({"", std::to_string(number % 200 * 100 + i) + "@example.com"});
    return people;
  };
  for (int number = 0; number < kMessages; ++number) {
    document::Record record = sample_record(static_cast<uint32_t>(number));
    record.to = people_of(number);
    keys.push_back(add(record));
  }
  commit();
  for (int number = 0; number < kMessages; number += 37) {
    EXPECT_EQ(catalog_->participants(keys[static_cast<size_t>(number)])->to, people_of(number));
  }
}

TEST_P(CatalogContract, ARolledBackPersonIsNotNamedLater) {
  ASSERT_TRUE(catalog_->begin().ok());
  add(sample_record(1));
  catalog_->rollback();
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey key = add(sample_record(1));
  commit();
  EXPECT_EQ(catalog_->participants(key)->to, sample_record(1).to);
  EXPECT_THAT(*catalog_->faults(), Each(Not(HasSubstr("participants"))));
}

TEST_P(CatalogContract, KeepsTheFirstAndTheLastReferences) {
  document::Record record = sample_record(1);
  record.references.clear();
  for (int at = 0; at < 500; ++at) record.references.push_back("r" + std::to_string(at));
  ASSERT_TRUE(catalog_->begin().ok());
  const MessageKey key = add(record);
  commit();
  const auto kept = catalog_->message(key)->entry.references;
  ASSERT_EQ(kept.size(), 64U);
  EXPECT_EQ(kept.front(), "r0");
  EXPECT_EQ(kept.back(), "r499");
}

TEST_P(CatalogContract, GivesALeaseToOneAtATime) {
  const auto first = catalog_->acquire_lease("merge", "ann", 60);
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_TRUE(first->has_value());
  EXPECT_FALSE(catalog_->acquire_lease("merge", "ben", 60)->has_value());
  EXPECT_TRUE(catalog_->acquire_lease("other", "ben", 60)->has_value());
  EXPECT_TRUE(*catalog_->renew_lease(**first, 60));
  ASSERT_TRUE(catalog_->release_lease(**first).ok());
  const auto second = catalog_->acquire_lease("merge", "ben", 60);
  ASSERT_TRUE(second->has_value());
  EXPECT_GT((*second)->token, (*first)->token);
  EXPECT_FALSE(*catalog_->renew_lease(**first, 60));
}

TEST_P(CatalogContract, ALeaseWhoseTimeIsOverGoesToTheNext) {
  const auto first = catalog_->acquire_lease("merge", "ann", 0);
  EXPECT_FALSE(*catalog_->renew_lease(**first, 60));
  EXPECT_TRUE(catalog_->acquire_lease("merge", "ben", 60)->has_value());
}

TEST_P(CatalogContract, WhoLostALeaseCannotCommit) {
  const Lease old = *catalog_->take_lease("mail/box", "ann", 60);
  const Lease taken = *catalog_->take_lease("mail/box", "ben", 60);
  ASSERT_TRUE(catalog_->begin().ok());
  ASSERT_TRUE(catalog_->require_lease(old).ok());
  add(sample_record(1));
  const Status refused = catalog_->commit();
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_THAT(refused.error().message, HasSubstr("mail/box"));
  catalog_->rollback();
  EXPECT_EQ(catalog_->status()->stored, 0U);
  ASSERT_TRUE(catalog_->begin().ok());
  ASSERT_TRUE(catalog_->require_lease(taken).ok());
  add(sample_record(1));
  commit();
  EXPECT_EQ(catalog_->status()->stored, 1U);
}

TEST_P(CatalogContract, HandsOutEachTaskOnceUntilItIsDone) {
  EXPECT_TRUE(*catalog_->add_task(source_, {"a.mbox", "b/c.eml"}, 100));
  EXPECT_TRUE(*catalog_->add_task(source_, {"d.mbox"}, 5));
  EXPECT_FALSE(*catalog_->add_task(source_, {"d.mbox"}, 5));
  const auto first = catalog_->take_task("ann", 60);
  ASSERT_TRUE(first.ok()) << first.error().message;
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ((*first)->task.files, (std::vector<std::string>{"a.mbox", "b/c.eml"}));
  EXPECT_EQ((*first)->task.source, source_);
  EXPECT_EQ((*first)->task.bytes, 100U);
  const auto second = catalog_->take_task("ben", 60);
  ASSERT_TRUE(second->has_value());
  EXPECT_EQ((*second)->task.files.front(), "d.mbox");
  EXPECT_FALSE(catalog_->take_task("cid", 60)->has_value());
  ASSERT_TRUE(catalog_->finish_task(**first, TaskEnd::kDone, "").ok());
  ASSERT_TRUE(catalog_->finish_task(**second, TaskEnd::kFailed, "the server was away").ok());
  EXPECT_EQ(*catalog_->task_counts(), (TaskCounts{1, 0, 1, 0}));
  const auto again = catalog_->take_task("cid", 60);
  ASSERT_TRUE(again->has_value());
  EXPECT_EQ((*again)->task.attempts, 2U);
}

TEST_P(CatalogContract, GivesTheTaskOfADeadWorkerToAnotherAndStopsAfterTooManyAttempts) {
  ASSERT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  std::optional<TakenTask> dead;
  for (uint32_t attempt = 1; attempt <= kTaskAttemptsMax; ++attempt) {
    const auto taken = catalog_->take_task("worker", 0);
    ASSERT_TRUE(taken.ok() && taken->has_value()) << attempt;
    EXPECT_EQ((*taken)->task.attempts, attempt);
    if (attempt == 1) dead = **taken;
  }
  EXPECT_FALSE(catalog_->take_task("worker", 0)->has_value());
  EXPECT_EQ(catalog_->task_counts()->failed, 1U);
  ASSERT_TRUE(catalog_->finish_task(*dead, TaskEnd::kDone, "").ok());  // it lost the task: this changes nothing
  EXPECT_EQ(catalog_->task_counts()->failed, 1U);
}

TEST_P(CatalogContract, ATaskThatFailedWaitsAgainWhereItIsAddedAgain) {
  ASSERT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  EXPECT_FALSE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  for (uint32_t attempt = 0; attempt < kTaskAttemptsMax; ++attempt) {
    const auto taken = catalog_->take_task("worker", 60);
    ASSERT_TRUE(taken.ok() && taken->has_value()) << attempt;
    ASSERT_TRUE(catalog_->finish_task(**taken, TaskEnd::kFailed, "the server is away").ok());
  }
  ASSERT_EQ(catalog_->task_counts()->failed, 1U);
  EXPECT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  EXPECT_EQ(*catalog_->task_counts(), (TaskCounts{.waiting = 1}));
  const auto taken = catalog_->take_task("worker", 60);
  ASSERT_TRUE(taken.ok() && taken->has_value());
  EXPECT_EQ((*taken)->task.attempts, 1U);
  ASSERT_TRUE(catalog_->finish_task(**taken, TaskEnd::kDone, "").ok());
  EXPECT_FALSE(*catalog_->add_task(source_, {"a.mbox"}, 1));  // done
  EXPECT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 2));   // the file has grown
  EXPECT_EQ(*catalog_->task_counts(), (TaskCounts{.waiting = 1}));
}

TEST_P(CatalogContract, ATaskThatIsGivenBackWasNotTried) {
  ASSERT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  for (uint32_t attempt = 0; attempt < 3 * kTaskAttemptsMax; ++attempt) {
    const auto taken = catalog_->take_task("worker", 60);
    ASSERT_TRUE(taken.ok() && taken->has_value()) << attempt;
    EXPECT_EQ((*taken)->task.attempts, 1U);
    ASSERT_TRUE(catalog_->finish_task(**taken, TaskEnd::kGivenBack, "the server is away").ok());
  }
  EXPECT_EQ(*catalog_->task_counts(), (TaskCounts{.waiting = 1}));
}

TEST_P(CatalogContract, DoesNotGiveUpATaskThatGetsOn) {
  ASSERT_TRUE(*catalog_->add_task(source_, {"a.mbox"}, 1));
  for (int round = 0; round < 3; ++round) {
    for (uint32_t attempt = 1; attempt < kTaskAttemptsMax; ++attempt) {
      ASSERT_TRUE(catalog_->take_task("dies", 0)->has_value());
    }
    const auto taken = catalog_->take_task("gets on", 60);
    ASSERT_TRUE(taken.ok() && taken->has_value()) << round;
    ASSERT_TRUE(catalog_->begin().ok());
    ASSERT_TRUE(catalog_->require_lease((*taken)->lease).ok());
    add(sample_record(round));
    commit();
    ASSERT_TRUE(catalog_->release_lease((*taken)->lease).ok());  // as if its time were over
  }
  EXPECT_EQ((*catalog_->take_task("next", 60))->task.attempts, 1U);
}

TEST_P(CatalogContract, NumbersOfPacksAreNeverGivenTwice) {
  ASSERT_TRUE(catalog_->begin().ok());
  const uint32_t first = *catalog_->new_pack_id();
  const uint32_t second = *catalog_->new_pack_id();
  EXPECT_GT(second, first);
  add(sample_record(1));
  ASSERT_TRUE(catalog_->set_pack({first, 100}).ok());
  ASSERT_TRUE(catalog_->set_pack({second, 100}).ok());
  commit();
  catalog_ = fixture_->reopen();
  ASSERT_TRUE(catalog_->begin().ok());
  EXPECT_GT(*catalog_->new_pack_id(), second);
  catalog_->rollback();
}

// Message `at` owns and links to these keys.
using Keys = std::vector<document::ThreadKeys>;

// The partition by definition: joined are those who share a key that one of them links to.
std::vector<size_t> expected_partition(const Keys& keys) {
  std::vector<size_t> group(keys.size());
  std::iota(group.begin(), group.end(), 0);
  const auto shares = [](const std::vector<uint64_t>& left, const std::vector<uint64_t>& right) {
    return std::any_of(left.begin(), left.end(),
                       [&](uint64_t key) { return std::find(right.begin(), right.end(), key) != right.end(); });
  };
  for (size_t a = 0; a < keys.size(); ++a) {
    for (size_t b = 0; b < a; ++b) {
      if (!shares(keys[a].links, keys[b].own) && !shares(keys[a].own, keys[b].links) &&
          !shares(keys[a].links, keys[b].links)) {
        continue;
      }
      const size_t from = std::max(group[a], group[b]);
      const size_t to = std::min(group[a], group[b]);
      std::replace(group.begin(), group.end(), from, to);
    }
  }
  return group;
}

// Adds the messages in `order`, `batch` of them a transaction, and returns the partition in the same form.
class ThreadPartition : public CatalogContract {
 protected:
  void check(const Keys& keys, const std::vector<size_t>& order, size_t batch) {
    renew();
    std::map<int64_t, size_t> number;
    for (size_t at = 0; at < order.size(); ++at) {
      if (at % batch == 0) {
        ASSERT_TRUE(catalog_->begin().ok());
      }
      document::Record record = sample_record(static_cast<int>(order[at]));
      record.thread_keys = keys[order[at]];
      number[static_cast<int64_t>(add(record))] = order[at];
      if ((at + 1) % batch == 0 || at + 1 == order.size()) commit();
    }
    const std::vector<size_t> expected = expected_partition(keys);
    for (const auto& [key, at] : number) {
      std::set<size_t> members;
      const auto thread = catalog_->thread_of(MessageKey{key}, 1000);
      ASSERT_TRUE(thread.ok());
      for (const MessageEntry& entry : *thread) members.insert(number[static_cast<int64_t>(entry.key)]);
      std::set<size_t> wanted;
      for (size_t other = 0; other < keys.size(); ++other) {
        if (expected[other] == expected[at]) wanted.insert(other);
      }
      ASSERT_EQ(members, wanted) << "message " << at << ", batches of " << batch;
      ASSERT_EQ(catalog_->message(MessageKey{key})->entry.thread, thread->front().thread);
    }
    ASSERT_EQ(catalog_->status()->threads, std::set<size_t>(expected.begin(), expected.end()).size());
    ASSERT_EQ(catalog_->recount()->threads, catalog_->status()->threads);
  }
};

TEST_P(ThreadPartition, IsTheSameInEveryOrderAndInEveryBatch) {
  // 0 and 1 own the same key; 2 links to it; 3 and 4 link to a key that nobody owns; 5 owns one that 0 owns too.
  const Keys keys = {{{1, 9}, {}}, {{1}, {}}, {{2}, {1}}, {{3}, {7}}, {{4}, {7}}, {{9}, {}}};
  std::vector<size_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  int count = 0;
  do {
    if (count++ % 12 == 0) check(keys, order, 1 + static_cast<size_t>(count / 12) % 3);
  } while (std::next_permutation(order.begin(), order.end()) && !HasFatalFailure());
}

TEST_P(ThreadPartition, IsWhatTheDefinitionSaysForRandomKeys) {
  std::mt19937 random(7);
  for (int round = 0; round < 12; ++round) {
    Keys keys(30);
    for (document::ThreadKeys& each : keys) {
      for (int n = static_cast<int>(random() % 3); n > 0; --n) each.own.push_back(random() % 25);
      for (int n = static_cast<int>(random() % 2); n > 0; --n) each.links.push_back(random() % 25);
    }
    std::vector<size_t> order(keys.size());
    std::iota(order.begin(), order.end(), 0);
    std::shuffle(order.begin(), order.end(), random);
    check(keys, order, 1 + random() % 11);
  }
}

const Factory kFactories[] = {{"Sqlite", nullptr, [] { return std::make_unique<SqliteFixture>(); }},
                              {"Postgres", "CUSTOS_TEST_POSTGRES", [] { return std::make_unique<PostgresFixture>(); }}};

std::string name_of(const testing::TestParamInfo<Factory>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Catalogs, CatalogContract, testing::ValuesIn(kFactories), name_of);
INSTANTIATE_TEST_SUITE_P(Catalogs, ThreadPartition, testing::ValuesIn(kFactories), name_of);

}  // namespace
}  // namespace custos::store
