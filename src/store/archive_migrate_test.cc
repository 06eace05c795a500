// An archive that goes from one folder to PostgreSQL and a shared storage, and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "client/client_test_server.h"
#include "client/postgres.h"
#include "store/archive.h"
#include "store/catalog/postgres_sql.h"
#include "store/catalog/sqlite.h"
#include "store/migrate.h"
#include "store/migrate/catalog_tables.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

using testing::HasSubstr;

constexpr char kModel[] = "model 1";
constexpr char kConfig[] = "# of the copy\n";

// The other form: another folder, so that the most is tested without servers too.
enum class Kind { kAlone, kFolder, kS3 };

class MigratedArchive : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    other_ = place("other");
    if (GetParam() == Kind::kAlone) return;
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES");
    if (GetParam() == Kind::kS3) make_bucket();
    share(other_, "mail");
  }
  void TearDown() override {
    for (const std::string& schema : schemas_) {
      const auto postgres = client::Postgres::connect({.url = other_.options.catalog});
      EXPECT_TRUE((*postgres)->execute("DROP SCHEMA IF EXISTS " + schema + " CASCADE").ok());
    }
    if (s3_ == nullptr) return;
    EXPECT_TRUE(s3_->remove_prefix({bucket_, "mail/"}).ok());
    EXPECT_TRUE(s3_->remove_bucket(bucket_).ok());
  }
  void make_bucket() {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
    s3_options_.endpoint = client::test_server("CUSTOS_TEST_S3");
    bucket_ = "migrate-" + std::to_string(getpid()) + "-" + std::to_string(std::random_device()());
    s3_ = *client::S3::open(s3_options_);
    ASSERT_TRUE(s3_->create_bucket(bucket_).ok());
  }
  [[nodiscard]] ArchivePlace place(const std::string& name) const {
    ArchivePlace place{source_.root.path() / name, {}};
    place.options.key_file = source_.options.key_file;
    return place;
  }
  // Gives it a schema of its own, and a storage of this name.
  void share(ArchivePlace& place, const std::string& storage) {
    if (GetParam() == Kind::kAlone) return;
    static std::atomic<int> count{0};
    place.options.catalog = client::test_server("CUSTOS_TEST_POSTGRES");
    place.options.schema = "migrate_" + std::to_string(getpid()) + "_" + std::to_string(++count);
    schemas_.push_back(place.options.schema);
    place.options.s3 = s3_options_;
    place.options.storage = GetParam() == Kind::kS3 ? "s3://" + bucket_ + "/" + storage
                                                    : "file://" + (source_.root.path() / storage).string();
  }
  [[nodiscard]] ArchivePlace source() const { return {source_.folder(), source_.options}; }

  SampleArchive source_;
  ArchivePlace other_;
  client::S3Options s3_options_;
  std::vector<std::string> schemas_;
  std::string bucket_;
  std::unique_ptr<client::S3> s3_;
};

std::unique_ptr<Archive> write(const ArchivePlace& place) {
  auto archive = Archive::open_for_writing(place.folder, place.options);
  EXPECT_TRUE(archive.ok()) << archive.error().message;
  return std::move(archive).value();
}

std::unique_ptr<Archive> read(const ArchivePlace& place) {
  auto archive = Archive::open_for_reading(place.folder, place.options);
  EXPECT_TRUE(archive.ok()) << archive.error().message;
  return std::move(archive).value();
}

// Commits, duplicates, a document that failed, a span that was skipped.
void fill(Archive& archive) {
  for (int at = 0; at < 40; at += 10) ASSERT_TRUE(publish_samples(archive, at, at + 10, at == 30, kModel).ok());
  ASSERT_TRUE(publish_samples(archive, 35, 50, true, kModel, "copies.mbox").ok());
  const SourceId source = *archive.register_source("/broken\xff mail");
  auto publication = *archive.begin_publication({{{"cleaner", "1"}}, true, kModel, kSampleWidth});
  const BlockRef block = *publication->add_block(*archive.sealer()->seal("no mail"));
  const FailedDocument failed{document::RawKind::kMail, {"f.mbox", 0, 7}, "S", blake2b("no mail"), 7, "no header"};
  ASSERT_TRUE(publication->add_failed(failed, {source, 0, false}, {block, 0, 7}).ok());
  ASSERT_TRUE(publication->add_skipped({{"f.mbox", 7, 9}, "blank lines", false}, {source, 0, true}).ok());
  ASSERT_TRUE(publication->set_file_progress(source, "f.mbox", {9, 1, 2, ~uint64_t{0}, 9, 0, true}).ok());
  ASSERT_TRUE(publication->publish().ok());
}

std::unique_ptr<Sql> database_of(const ArchivePlace& place) {
  if (place.options.catalog.empty()) {
    return std::make_unique<Sqlite>(*Sqlite::open(place.folder / "catalog.sqlite", Sqlite::Mode::kRead));
  }
  auto postgres = client::Postgres::connect({.url = place.options.catalog, .schema = place.options.schema});
  return std::make_unique<PostgresSql>(std::move(postgres).value());
}

// All rows of all tables, but for counters that one of the databases alone has.
std::map<std::string, std::vector<std::string>> rows_of(const ArchivePlace& place) {
  std::map<std::string, std::vector<std::string>> all;
  const auto database = database_of(place);
  for (const Table& table : catalog_tables()) {
    std::vector<std::string>& rows = all[table.name];
    std::string sql = "SELECT " + column_list(table, true) + " FROM " + table.name;
    if (table.name == std::string("counter")) sql += " WHERE name NOT IN ('changes', 'last_message')";
    sql += std::string(" ORDER BY ") + table.order;
    // Known by its address: one for each statement.
    static std::vector<std::unique_ptr<std::string>> kept;
    kept.push_back(std::make_unique<std::string>(sql));
    Query query = database->query(kept.back()->c_str());
    while (query.next().value()) {
      std::string row;
      for (int at = 0; const Column& column : table.columns) {
        if (query.is_null(at)) {
          row += "null";
        } else {
          row += column.kind == ColumnKind::kInteger ? std::to_string(query.integer(at)) : "'" + query.text(at) + "'";
        }
        row += ' ';
        ++at;
      }
      rows.push_back(row);
    }
  }
  return all;
}

std::vector<std::string> texts_of(const Archive& archive) {
  std::vector<std::string> texts;
  EXPECT_TRUE(archive
                  .for_each_message([&](const MessageEntry& entry, const document::Record& record) -> Status {
                    texts.push_back(record.id + " " + record.text.text() + " " +
                                    archive.original_of(entry.key)->document.bytes);
                    return {};
                  })
                  .ok());
  return texts;
}

void expect_same(const ArchivePlace& left, const ArchivePlace& right) {
  EXPECT_EQ(rows_of(left), rows_of(right));
  const auto before = read(left);
  const auto after = read(right);
  EXPECT_EQ(before->id(), after->id());
  EXPECT_EQ(*before->commits(), *after->commits());
  EXPECT_EQ(before->status()->found, after->status()->found);
  EXPECT_EQ(texts_of(*before), texts_of(*after));
  EXPECT_EQ(*before->derived_key("pseudonym"), *after->derived_key("pseudonym"));
  EXPECT_EQ(faults_of(*after), "");
}

// Nothing where it was done.
std::string failure_of(const ArchivePlace& from, const ArchivePlace& to, const MigrateObserver& observe = {}) {
  const auto done = migrate_archive(from, to, kConfig, observe);
  return done.ok() ? "" : std::string(code_name(done.error().code)) + ": " + done.error().message;
}

TEST_P(MigratedArchive, IsTheSameThereAndBackAgain) {
  fill(*source_.write());
  const auto before = rows_of(source());
  const auto done = migrate_archive(source(), other_, kConfig, {});
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->archive, source_.read()->id());
  EXPECT_EQ(done->messages, 50U);
  EXPECT_EQ(done->segments, 5U);
  EXPECT_EQ(done->packs, 1U);
  EXPECT_EQ(rows_of(source()), before);
  expect_same(source(), other_);
  const ArchivePlace back = place("back");
  ASSERT_EQ(failure_of(other_, back), "");
  expect_same(other_, back);
  expect_same(source(), back);
  EXPECT_EQ(faults_of(*source_.read()), "");
}

TEST_P(MigratedArchive, HasTheTextsOfTheSource) {
  fill(*source_.write());
  ASSERT_EQ(failure_of(source(), other_), "");
  std::ifstream config(other_.folder / "custos.toml");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(config), {}), kConfig);
  EXPECT_EQ(read(other_)->find_people("ann").value(), source_.read()->find_people("ann").value());
  EXPECT_EQ(read(other_)->snapshot().value()->embedding_model, kModel);
  EXPECT_FALSE(fs::exists(other_.folder / "migrating"));
  EXPECT_FALSE(fs::exists(other_.folder / "scratch"));
}

TEST_P(MigratedArchive, AnEmptyOneCanBeWrittenToAsWell) {
  ASSERT_EQ(failure_of(source(), other_), "");
  fill(*write(other_));
  const ArchivePlace back = place("back");
  ASSERT_EQ(failure_of(other_, back), "");
  expect_same(other_, back);
}

TEST_P(MigratedArchive, TakesUpItsSourcesWhereTheyWere) {
  fill(*source_.write());
  ASSERT_EQ(failure_of(source(), other_), "");
  ArchivePlace back = place("back");
  ASSERT_EQ(failure_of(other_, back), "");
  for (const ArchivePlace& place : {other_, back}) {
    const auto archive = write(place);
    const SourceId source = *archive->register_source("/mail");
    EXPECT_TRUE(archive->file_progress(source, "box.mbox").value()->complete);
    EXPECT_EQ(archive->file_progress(*archive->register_source("/broken\xff mail"), "f.mbox").value()->head_hash,
              ~uint64_t{0});
    ASSERT_TRUE(publish_samples(*archive, 0, 50, true, kModel, "again.mbox").ok());
    EXPECT_EQ(archive->status()->stored, 50U);
    EXPECT_EQ(archive->status()->duplicates, 55U);
    ASSERT_TRUE(publish_samples(*archive, 50, 60, true, kModel, "new.mbox").ok());
    EXPECT_GT(archive->find_message("m100050")->key, archive->find_message("m100049")->key);
    EXPECT_EQ(archive->thread_size(archive->find_message("m100050")->key).value(), 10U);
    for (int at = 60; at < 90; at += 10) ASSERT_TRUE(publish_samples(*archive, at, at + 10, true, kModel, "x").ok());
    ASSERT_TRUE(archive->merge_segments({}).ok());
    EXPECT_EQ(faults_of(*archive), "");
  }
}

TEST_P(MigratedArchive, IsNotPutWhereAnotherOneIs) {
  fill(*source_.write());
  ASSERT_EQ(failure_of(source(), other_), "");
  EXPECT_THAT(failure_of(source(), other_), HasSubstr("conflict"));
  EXPECT_THAT(failure_of(source(), source()), HasSubstr("conflict"));
  const ArchivePlace full = place("full");
  fs::create_directories(full.folder);
  std::ofstream(full.folder / "letter.txt") << "mine";
  EXPECT_THAT(failure_of(source(), full), HasSubstr("other things"));
  EXPECT_TRUE(fs::exists(full.folder / "letter.txt"));
  EXPECT_EQ(faults_of(*read(other_)), "");
  if (GetParam() == Kind::kAlone) return;
  ArchivePlace same_schema = other_;
  same_schema.folder = source_.root.path() / "third";
  EXPECT_THAT(failure_of(source(), same_schema), HasSubstr("has an archive's catalog already"));
  ArchivePlace same_storage = place("third");
  share(same_storage, "mail");
  EXPECT_THAT(failure_of(source(), same_storage), HasSubstr("of another archive"));
  EXPECT_FALSE(fs::exists(same_storage.folder));
  EXPECT_EQ(faults_of(*read(other_)), "");
}

// Whatever was done when it was stopped, nothing looks like an archive, and the same again makes one.
TEST_P(MigratedArchive, StoppedAnywhereGoesOn) {
  fill(*source_.write());
  int stops = 0;
  for (int wanted = 1;; wanted += 5) {
    int calls = 0;
    const std::string failure = failure_of(source(), other_, [&](const MigrateProgress&) -> Status {
      if (++calls < wanted) return {};
      return Error{Code::kCancelled, "stopped"};
    });
    if (failure.empty()) break;
    ++stops;
    EXPECT_THAT(failure, HasSubstr("stopped"));
    EXPECT_THAT(Archive::open_for_reading(other_.folder, other_.options).error().message,
                HasSubstr("run custos migrate again"));
    EXPECT_FALSE(Archive::open_for_writing(other_.folder, other_.options).ok());
    EXPECT_EQ(Archive::create(other_.folder, other_.options, "").error().code, Code::kConflict);
  }
  EXPECT_GT(stops, 5);
  expect_same(source(), other_);
}

// Packs have grown by then, and segments were merged.
TEST_P(MigratedArchive, StoppedGoesOnWithASourceThatWasWrittenTo) {
  fill(*source_.write());
  int calls = 0;
  const auto stop_late = [&](const MigrateProgress& at) -> Status {
    ++calls;
    return at.what.starts_with("catalog") ? Status(Error{Code::kCancelled, "stopped"}) : Status();
  };
  EXPECT_THAT(failure_of(source(), other_, stop_late), HasSubstr("stopped"));
  {
    const auto archive = source_.write();
    for (int at = 50; at < 90; at += 10)
      ASSERT_TRUE(publish_samples(*archive, at, at + 10, at == 80, kModel, "l").ok());
    EXPECT_GT(archive->merge_segments({}).value(), 0U);
  }
  ASSERT_EQ(failure_of(source(), other_), "");
  expect_same(source(), other_);
  const auto report = read(other_)->verify({}, {});
  EXPECT_THAT(report->leftovers, testing::IsEmpty());
}

TEST_P(MigratedArchive, AnotherOnesUnfinishedCopyIsLeftAlone) {
  fill(*source_.write());
  const auto stop = [](const MigrateProgress& at) -> Status {
    return at.what.starts_with("catalog") ? Status(Error{Code::kCancelled, "stopped"}) : Status();
  };
  EXPECT_THAT(failure_of(source(), other_, stop), HasSubstr("stopped"));
  const SampleArchive stranger;
  EXPECT_THAT(failure_of({stranger.folder(), stranger.options}, other_), HasSubstr("unfinished copy of another"));
  ASSERT_EQ(failure_of(source(), other_), "");
  expect_same(source(), other_);
}

TEST_P(MigratedArchive, WaitsForTheWriterOfAFolder) {
  fill(*source_.write());
  const auto writer = source_.write();
  EXPECT_THAT(failure_of(source(), other_), HasSubstr("is being written by process"));
  EXPECT_FALSE(fs::exists(other_.folder));
}

TEST_P(MigratedArchive, NoticesThatOthersWriteToAnArchiveThatIsShared) {
  if (GetParam() == Kind::kAlone) GTEST_SKIP() << "it is locked";
  fill(*source_.write());
  ASSERT_EQ(failure_of(source(), other_), "");
  for (const char* moment : {"segments", "originals", "catalog: task"}) {
    const auto writer = write(other_);
    const std::string box = std::string(moment) + ".mbox";
    bool written = false;
    const ArchivePlace back = place("back");
    const std::string failure = failure_of(other_, back, [&](const MigrateProgress& at) -> Status {
      if (written || at.what != moment) return {};
      written = true;
      return publish_samples(*writer, 0, 5, true, kModel, box);
    });
    EXPECT_THAT(failure, HasSubstr("others have written")) << moment;
    EXPECT_FALSE(Archive::exists(back.folder, back.options));
  }
  const ArchivePlace back = place("back");
  ASSERT_EQ(failure_of(other_, back), "");
  expect_same(other_, back);
}

TEST_P(MigratedArchive, TakesTasksAlongAndLeavesLeases) {
  {
    const auto queue = *source_.read()->open_work_queue();
    const SourceId source = *queue->register_source("/exports");
    for (int task = 0; task < 3; ++task) ASSERT_TRUE(queue->add_task(source, {std::to_string(task)}, 7).value());
    ASSERT_TRUE(queue->take_task("gone/1", 600).value().has_value());
    const auto done = queue->take_task("gone/2", 600).value();
    ASSERT_TRUE(queue->finish_task(*done, TaskEnd::kDone, "").ok());
  }
  ASSERT_EQ(failure_of(source(), other_), "");
  const auto queue = *read(other_)->open_work_queue();
  EXPECT_EQ(queue->task_counts().value(), (TaskCounts{2, 0, 1, 0}));
  const auto taken = queue->take_task("here/1", 600).value();
  EXPECT_EQ(taken->task.files, std::vector<std::string>{"0"});
  ASSERT_TRUE(queue->add_task(taken->task.source, {"another"}, 7).value());
}

TEST_P(MigratedArchive, LeavesBehindWhatWasNeverCommitted) {
  fill(*source_.write());
  std::ofstream(source_.folder() / "originals" / "000001.pack", std::ios::app) << "of a run that was killed";
  fs::create_directories(source_.folder() / "segments" / "s00000099");
  std::ofstream(source_.folder() / "segments" / "s00000099" / "texts") << "likewise";
  ASSERT_EQ(failure_of(source(), other_), "");
  expect_same(source(), other_);
  const auto report = read(other_)->verify({}, {});
  EXPECT_THAT(report->leftovers, testing::IsEmpty());
}

TEST_P(MigratedArchive, TakesTheRecordOfWhoDidWhatAlong) {
  fs::create_directories(source_.folder() / "audit");
  std::ofstream(source_.folder() / "audit" / "log.jsonl") << "an entry\n";
  ASSERT_EQ(failure_of(source(), other_), "");
  std::ifstream log(other_.folder / "audit" / "log.jsonl");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(log), {}), "an entry\n");
}

TEST_P(MigratedArchive, IsNotMadeFromDamagedFiles) {
  fill(*source_.write());
  const fs::path texts = source_.folder() / "segments" / "s00000002" / "texts";
  fs::permissions(texts, fs::perms::owner_all);
  std::ofstream(texts, std::ios::in | std::ios::out) << "damaged";
  const std::string failure = failure_of(source(), other_);
  EXPECT_THAT(failure, HasSubstr("corrupt"));
  EXPECT_THAT(failure, HasSubstr("s00000002/texts"));
  EXPECT_FALSE(Archive::open_for_reading(other_.folder, other_.options).ok());
}

std::string name_of(const testing::TestParamInfo<Kind>& kind) {
  if (kind.param == Kind::kAlone) return "Alone";
  return kind.param == Kind::kFolder ? "Folder" : "S3";
}

INSTANTIATE_TEST_SUITE_P(Forms, MigratedArchive, testing::Values(Kind::kAlone, Kind::kFolder, Kind::kS3), name_of);

TEST(CatalogTables, AreAllThatACatalogHas) {
  const SampleArchive archive;
  const auto database = database_of({archive.folder(), archive.options});
  std::map<std::string, std::string> there;
  Query query = database->query(
      "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c WHERE t.type = 'table' ORDER BY t.name, "
      "c.cid");
  while (query.next().value()) there[query.text(0)] += (query.view(1) == "end" ? "\"end\"" : query.text(1)) + " ";
  there.erase("lease");  // of who is at work
  std::map<std::string, std::string> copied;
  for (const Table& table : catalog_tables()) {
    for (const Column& column : table.columns) copied[table.name] += std::string(column.name) + " ";
  }
  EXPECT_EQ(copied, there);
}

}  // namespace
}  // namespace custos::store
