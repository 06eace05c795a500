#include "store/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

#define ASSERT_OK(expression)                                         \
  do {                                                                \
    const auto& custos_result = (expression);                         \
    ASSERT_TRUE(custos_result.ok()) << custos_result.error().message; \
  } while (false)

void flip_byte(const fs::path& path, int64_t at) {
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekg(at, at < 0 ? std::ios::end : std::ios::beg);
  const auto where = file.tellg();
  const char byte = static_cast<char>(file.get());
  file.seekp(where);
  file.put(static_cast<char>(byte ^ 0x40));
}

void run_sql(const fs::path& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
  sqlite3_close(database);
}

std::vector<fs::path> segment_folders(const SampleArchive& sample) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(sample.folder() / "segments")) folders.push_back(entry.path());
  std::sort(folders.begin(), folders.end());
  return folders;
}

TEST(Archive, IsMadeOnceAndRefusesAFolderWithOtherThings) {
  const SampleArchive sample;
  EXPECT_EQ(Archive::create(sample.folder(), sample.options, "").error().code, Code::kConflict);
  const fs::path other = sample.root.path() / "other";
  fs::create_directory(other);
  std::ofstream(other / "letter.txt") << "x";
  EXPECT_EQ(Archive::create(other, sample.options, "").error().code, Code::kInvalidArgument);
  EXPECT_EQ(Archive::open_for_reading(other, sample.options).error().code, Code::kNotFound);
}

TEST(Archive, KeepsItsKeyOutsideAndForItsOwnerOnly) {
  const SampleArchive sample;
  struct stat status {};
  ASSERT_EQ(::stat(sample.options.key_file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
  ArchiveOptions inside;
  inside.key_file = sample.root.path() / "second" / "secret.key";
  EXPECT_EQ(Archive::create(sample.root.path() / "second", inside, "").error().code, Code::kInvalidArgument);
  ArchiveOptions elsewhere;
  elsewhere.key_file = sample.root.path() / "lost.key";
  const auto archive = Archive::open_for_writing(sample.folder(), elsewhere);
  ASSERT_FALSE(archive.ok());
  EXPECT_EQ(archive.error().code, Code::kNotFound);
  EXPECT_THAT(archive.error().message, HasSubstr("lost.key"));
}

TEST(Archive, LooksForItsKeyWhereTheEnvironmentSays) {
  const TemporaryFolder root;
  ::setenv("CUSTOS_KEYS", (root.path() / "keys").c_str(), 1);
  const fs::path folder = root.path() / "archive";
  ASSERT_OK(Archive::create(folder, {}, ""));
  const auto archive = Archive::open_for_writing(folder, {});
  ASSERT_OK(archive);
  EXPECT_TRUE(fs::exists(root.path() / "keys" / ((*archive)->id() + ".key")));
  ::unsetenv("CUSTOS_KEYS");
}

TEST(Archive, DerivesAKeyForEachPurpose) {
  const SampleArchive sample;
  const auto archive = sample.read();
  const auto key = archive->derived_key("pseudonym");
  ASSERT_OK(key);
  EXPECT_EQ(key->size(), 32U);
  EXPECT_EQ(*key, *archive->derived_key("pseudonym"));
  EXPECT_NE(*key, *archive->derived_key("other"));
}

TEST(Archive, RefusesASecondWriterAndNamesTheFirst) {
  const SampleArchive sample;
  const auto first = sample.write();
  const auto second = Archive::open_for_writing(sample.folder(), sample.options);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, Code::kConflict);
  EXPECT_THAT(second.error().message, HasSubstr("process " + std::to_string(::getpid())));
  ASSERT_OK(Archive::open_for_reading(sample.folder(), sample.options));
}

TEST(Archive, RefusesANewerFormat) {
  const SampleArchive sample;
  run_sql(sample.folder() / "catalog.sqlite", "PRAGMA user_version = 99");
  const auto archive = Archive::open_for_writing(sample.folder(), sample.options);
  ASSERT_FALSE(archive.ok());
  EXPECT_EQ(archive.error().code, Code::kUnsupported);
  EXPECT_THAT(archive.error().message, HasSubstr("99"));
  EXPECT_EQ(Archive::open_for_reading(sample.folder(), sample.options).error().code, Code::kUnsupported);
}

TEST(Archive, GivesBackWhatWasPublished) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_OK(publish_samples(*archive, 0, 25));
  ASSERT_OK(publish_samples(*archive, 25, 40, true));
  const auto entry = archive->find_message("<m100013@example.com>");
  ASSERT_OK(entry);
  EXPECT_EQ(entry->id, "m100013");
  EXPECT_EQ(entry->thread, "tm100010");
  EXPECT_EQ(entry->references, (std::vector<std::string>{"m100012@example.com"}));
  const auto record = archive->read_record(entry->key);
  ASSERT_OK(record);
  EXPECT_EQ(record->text.text(), "body of 13");
  EXPECT_EQ(record->from.front().name, "Ann Sample");
  EXPECT_EQ(record->to.size(), 2U);
  EXPECT_EQ(record->place, sample_record(13, record->place.begin).place);
  const auto original = archive->original_of(entry->key);
  ASSERT_OK(original);
  EXPECT_EQ(original->document.bytes, sample_bytes(13));
  const auto thread = archive->thread_of(entry->key);
  ASSERT_OK(thread);
  EXPECT_EQ(thread->size(), 10U);
  int count = 0;
  ASSERT_OK(archive->for_each_message([&](const MessageEntry& each, const document::Record& with) -> Status {
    EXPECT_EQ(each.id, "m" + std::to_string(100000 + count++));
    EXPECT_EQ(with.from.size(), 1U);
    return {};
  }));
  EXPECT_EQ(count, 40);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Archive, CountsWhatItHas) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_OK(publish_samples(*archive, 0, 20, true));
  const auto status = archive->status();
  ASSERT_OK(status);
  EXPECT_EQ(status->found, 20U);
  EXPECT_EQ(status->stored, 20U);
  EXPECT_EQ(status->threads, 2U);
  EXPECT_EQ(status->chunks, 20U);
  EXPECT_EQ(status->segments, 1U);
  EXPECT_EQ(status->bytes, [] {
    uint64_t sum = 0;
    for (int number = 0; number < 20; ++number) sum += sample_bytes(number).size();
    return sum;
  }());
}

TEST(Archive, FindsAMessageByTheBeginningOfItsIdOnlyWhereItIsUnique) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_OK(publish_samples(*archive, 0, 12));
  EXPECT_EQ(archive->find_message("m10000").error().code, Code::kConflict);
  ASSERT_OK(archive->find_message("m100011"));
  EXPECT_EQ(archive->find_message("nothing").error().code, Code::kNotFound);
}

TEST(Archive, RemovesWhatAnInterruptedRunLeft) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5));
  const fs::path pack = sample.folder() / "originals" / "000001.pack";
  const auto size = fs::file_size(pack);
  std::ofstream(pack, std::ios::app) << "half a block";
  std::ofstream(sample.folder() / "originals" / "000002.pack") << "a pack nobody committed";
  fs::create_directory(sample.folder() / "segments" / "s00000009.tmp");
  fs::create_directory(sample.folder() / "segments" / "s00000002");
  const auto report = sample.read()->verify({}, [](const auto&...) { return true; });
  ASSERT_OK(report);
  EXPECT_TRUE(report->ok()) << "remains are no fault: " << faults_of(*sample.read());
  EXPECT_EQ(report->leftovers.size(), 4U);
  std::ofstream(sample.folder() / "segments" / "notes.txt") << "whose is this?";
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("notes.txt"));
  fs::remove(sample.folder() / "segments" / "notes.txt");
  const auto archive = sample.write();
  EXPECT_EQ(fs::file_size(pack), size);
  EXPECT_FALSE(fs::exists(sample.folder() / "originals" / "000002.pack"));
  EXPECT_EQ(segment_folders(sample).size(), 1U);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Verify, FindsAChangedByteOfAPack) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  flip_byte(sample.folder() / "originals" / "000001.pack", -20);
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("000001.pack at byte 64"));
}

TEST(Verify, FindsAChangedByteOfASegment) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  flip_byte(segment_folders(sample).front() / "chunks.parquet", 40);
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("segments/s00000001/chunks.parquet: its bytes changed"));
}

TEST(Verify, FindsAChangedBitOfEveryIndexAndAnIndexThatIsOfAnotherSegment) {
  for (const char* file : {"postings", "texts", "vectors"}) {
    SCOPED_TRACE(file);
    const SampleArchive sample;
    ASSERT_OK(publish_samples(*sample.write(), 0, 12, false, "model"));
    ASSERT_OK(publish_samples(*sample.write(), 12, 17, true, "model"));
    const fs::path segment = sample.folder() / "segments" / "s00000001";
    flip_byte(segment / file, static_cast<int64_t>(fs::file_size(segment / file) / 2));
    EXPECT_THAT(faults_of(*sample.read()), HasSubstr(std::string("segments/s00000001/") + file));
    fs::copy_file(sample.folder() / "segments" / "s00000002" / file, segment / file,
                  fs::copy_options::overwrite_existing);
    EXPECT_THAT(faults_of(*sample.read()), HasSubstr(std::string("segments/s00000001/") + file + " is not of this"));
    fs::remove(segment / file);
    EXPECT_THAT(faults_of(*sample.read()), HasSubstr(std::string("segments/s00000001/") + file));
  }
}

TEST(Verify, BalancesChunksVectorsAndIndexRows) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true, "model"));
  run_sql(sample.folder() / "catalog.sqlite", "UPDATE segment SET vectors = 4");
  const std::string faults = faults_of(*sample.read());
  EXPECT_THAT(faults, HasSubstr("5 vectors"));
  EXPECT_THAT(faults, HasSubstr("5 vectors are counted, the rows are 4"));
  run_sql(sample.folder() / "catalog.sqlite", "UPDATE segment SET vectors = 5, chunks = 6");
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("chunks.parquet: 5 rows, the catalog has 6"));
}

TEST(Verify, FindsAGapInTheLedgerAndADuplicateOfNothing) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  run_sql(sample.folder() / "catalog.sqlite", "UPDATE ledger SET begin = begin + 3 WHERE message = 3");
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("box.mbox at byte"));
  run_sql(sample.folder() / "catalog.sqlite", "UPDATE ledger SET message = 77 WHERE message = 4");
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("duplicates of a message that is not there"));
  run_sql(sample.folder() / "catalog.sqlite", "DELETE FROM person WHERE id = 1");
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("participants name a person who is not there"));
}

TEST(Verify, AGapThatTasksMayStillReadIsNoFault) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  run_sql(sample.folder() / "catalog.sqlite",
          "UPDATE ledger SET begin = begin + 3 WHERE message = 3; UPDATE message SET begin = begin + 3 WHERE key = 3");
  const auto archive = sample.read();
  const auto queue = *archive->open_work_queue();
  ASSERT_TRUE(*queue->add_task(SourceId{1}, {"box.mbox//part=7-"}, 7));
  EXPECT_THAT(faults_of(*archive), HasSubstr("box.mbox at byte")) << "no part of it was ever read";
  run_sql(
      sample.folder() / "catalog.sqlite",
      "INSERT INTO file SELECT source, path || '//part=7-', 99, 0, 0, 0, 99, 0, 1 FROM path WHERE path = 'box.mbox'");
  const auto report = archive->verify({}, [](const auto&...) { return true; });
  ASSERT_OK(report);
  EXPECT_EQ(report->unread, 1U);
  EXPECT_EQ(faults_of(*archive), "");
  const auto taken = *queue->take_task("worker", 60);
  ASSERT_TRUE(taken);
  ASSERT_OK(queue->finish_task(*taken, TaskEnd::kDone, ""));
  EXPECT_THAT(faults_of(*archive), HasSubstr("box.mbox at byte"));
}

TEST(Verify, FindsALedgerDigestThatIsNotTheOriginals) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  run_sql(sample.folder() / "catalog.sqlite", "UPDATE ledger SET raw = zeroblob(32) WHERE message = 2");
  EXPECT_THAT(faults_of(*sample.read()), HasSubstr("the original is not what the ledger says"));
}

TEST(Verify, FindsAMissingSegmentAndStopsWhenAsked) {
  const SampleArchive sample;
  ASSERT_OK(publish_samples(*sample.write(), 0, 5, true));
  const auto archive = sample.read();
  EXPECT_EQ(archive->verify({}, [](const auto&...) { return false; }).error().code, Code::kCancelled);
  fs::remove_all(segment_folders(sample).front());
  EXPECT_THAT(faults_of(*archive), HasSubstr("run custos rebuild"));
}

TEST(Rebuild, ReplacesEverySegmentAndKeepsKeysIdsAndThreads) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_OK(publish_samples(*archive, 0, 13));
  ASSERT_OK(publish_samples(*archive, 13, 30, true));
  const auto before = archive->status();
  auto rebuild = archive->begin_rebuild({{{"cleaner", "2"}}});
  ASSERT_OK(rebuild);
  ASSERT_OK(archive->for_each_original([&](const StoredOriginal& original) -> Status {
    document::Record record = sample_record(static_cast<int>(original.key) - 1);
    EXPECT_EQ(original.document.bytes, sample_bytes(static_cast<int>(original.key) - 1));
    record.text = SampleText::restore("rebuilt", {});
    return (*rebuild)->add(original.key, record);
  }));
  ASSERT_OK((*rebuild)->finish());
  const auto entry = archive->find_message("m100017");
  ASSERT_OK(entry);
  EXPECT_EQ(entry->thread, "tm100010");
  EXPECT_EQ(archive->read_record(entry->key)->text.text(), "rebuilt");
  EXPECT_EQ(segment_folders(sample).size(), 1U);
  EXPECT_EQ(archive->status()->threads, before->threads);
  EXPECT_EQ(archive->status()->chunks, before->chunks);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Rebuild, LeavesTheOldStateWhenItIsInterrupted) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_OK(publish_samples(*archive, 0, 13, true));
  {
    auto rebuild = archive->begin_rebuild({});
    document::Record record = sample_record(0);
    ASSERT_OK((*rebuild)->add(MessageKey{1}, record));
    EXPECT_EQ((*rebuild)->finish().error().code, Code::kConflict);
  }
  EXPECT_EQ(archive->status()->stored, 13U);
  EXPECT_EQ(segment_folders(sample).size(), 1U);
  EXPECT_EQ(faults_of(*archive), "");
}

}  // namespace
}  // namespace custos::store
