// What search needs of an archive: snapshots, people, threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "base/file.h"
#include "index/keyword_search.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

using index::Field;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

index::Query word(std::string text, std::vector<Field> fields = {}) {
  index::Query query;
  query.kind = index::Query::Kind::kWord;
  query.text = std::move(text);
  query.fields = std::move(fields);
  return query;
}

// Public ids of the messages that match.
std::vector<std::string> ids_of(const Archive& archive, const Snapshot& snapshot, const index::Query& query) {
  std::vector<std::shared_ptr<const index::PostingsReader>> postings;
  for (const SegmentView& segment : snapshot.segments) postings.push_back(segment.postings);
  const auto matched = index::KeywordSearch(postings).match(query);
  EXPECT_TRUE(matched.ok()) << matched.error().message;
  std::vector<std::string> ids;
  if (!matched.ok()) return ids;
  for (size_t at = 0; at < matched->size(); ++at) {
    (*matched)[at].for_each([&](uint32_t row) {
      const auto entry = archive.message(snapshot.segments[at].keys[row]);
      ids.push_back(entry.ok() ? entry->id : entry.error().message);
    });
  }
  return ids;
}

std::shared_ptr<const Snapshot> snapshot_of(const Archive& archive) {
  auto snapshot = archive.snapshot();
  EXPECT_TRUE(snapshot.ok()) << snapshot.error().message;
  return snapshot.ok() ? *snapshot : std::make_shared<Snapshot>();
}

// A record with every field that is searched, published alone.
void publish_letter(Archive& archive, const PublicationOptions& options) {
  document::Record record = sample_record(1);
  record.subject = SampleText::restore("quarterly forecast", {});
  const std::string text = "I agree with the merger.\n> the old proposal\n";
  record.text = SampleText::restore(text, {});
  record.parts[0].text = record.text;
  record.parts[0].language = "en";
  record.parts[0].removed = {
      {{25, static_cast<uint32_t>(text.size())}, document::SpanReason::kQuoted},
  };
  record.parts.push_back({.number = "2",
                          .content_type = "text/csv",
                          .name = SampleText::restore("budget plan.csv", {}),
                          .is_attachment = true,
                          .text = SampleText::restore("turbines,42", {})});
  record.parts.push_back(
      {.number = "3", .content_type = "text/html", .text = SampleText::restore("unseen markup", {})});
  record.chunks = {{{0, 24}, 0, 5}};
  auto publication = archive.begin_publication(options);
  ASSERT_TRUE(publication.ok()) << publication.error().message;
  const auto sealed = archive.sealer()->seal("x");
  const auto block = (*publication)->add_block(*sealed);
  const auto added = (*publication)->add_message(record, {SourceId{}, 0, true}, {*block, 0, 1});
  ASSERT_TRUE(added.ok()) << added.error().message;
  const Status published = (*publication)->publish();
  ASSERT_TRUE(published.ok()) << published.error().message;
}

TEST(Snapshot, IsSearchedByEveryField) {
  const SampleArchive sample;
  const auto archive = sample.write();
  publish_letter(*archive, {});
  const auto snapshot = snapshot_of(*archive);
  const auto hits = [&](const index::Query& query) { return ids_of(*archive, *snapshot, query).size(); };
  EXPECT_EQ(hits(word("mergers", {Field::kAuthored})), 1U) << "by its stem";
  EXPECT_EQ(hits(word("proposal", {Field::kAuthored})), 0U) << "quoted, not written";
  EXPECT_EQ(hits(word("proposal", {Field::kQuoted})), 1U);
  EXPECT_EQ(hits(word("forecast", {Field::kSubject})), 1U);
  EXPECT_EQ(hits(word("budget", {Field::kFileName})), 1U);
  EXPECT_EQ(hits(word("turbines", {Field::kAuthored})), 1U) << "the text of an attachment";
  EXPECT_EQ(hits(word("markup")), 0U) << "the other form of the body";
  index::Query value;
  value.kind = index::Query::Kind::kValue;
  value.fields = {Field::kLanguage};
  value.text = "en";
  EXPECT_EQ(hits(value), 1U);
  value.fields = {Field::kMark};
  value.text = "attachment";
  EXPECT_EQ(hits(value), 1U);
  index::Query from;
  from.kind = index::Query::Kind::kNumbers;
  from.fields = {Field::kFrom};
  from.numbers = *archive->find_people("ann@example.com");
  ASSERT_THAT(from.numbers, SizeIs(1));
  EXPECT_EQ(hits(from), 1U);
  from.fields = {Field::kTo};
  EXPECT_EQ(hits(from), 0U);
  from.numbers = *archive->find_people("list@example.com");
  EXPECT_EQ(hits(from), 1U);
  index::Query date;
  date.kind = index::Query::Kind::kDate;
  date.begin = 1'700'000'001;
  date.end = 1'700'000'002;
  EXPECT_EQ(hits(date), 1U);
  date.begin = date.end;
  date.end = INT64_MAX;
  EXPECT_EQ(hits(date), 0U);
  const auto text = snapshot->segments[0].texts->read(0);
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(text->subject.text(), "quarterly forecast");
  EXPECT_THAT(text->chunks, SizeIs(1));
}

TEST(Snapshot, HasNoSubjectsWhereTheyAreNotIndexed) {
  const SampleArchive sample;
  const auto archive = sample.write();
  publish_letter(*archive, {{}, false});
  EXPECT_THAT(ids_of(*archive, *snapshot_of(*archive), word("forecast")), IsEmpty());
  EXPECT_THAT(ids_of(*archive, *snapshot_of(*archive), word("merger")), SizeIs(1));
}

TEST(Snapshot, SeesWhatWasPublishedAndNothingOfAnOpenPublication) {
  const SampleArchive sample;
  const auto archive = sample.write();
  EXPECT_THAT(snapshot_of(*archive)->segments, IsEmpty());
  ASSERT_TRUE(publish_samples(*archive, 0, 5).ok());
  const auto first = snapshot_of(*archive);
  EXPECT_THAT(ids_of(*archive, *first, word("3")), ElementsAre("m100003"));
  EXPECT_EQ(snapshot_of(*archive), first) << "the same object until something is committed";
  {
    const auto publication = archive->begin_publication({});
    document::Record record = sample_record(7, 10'000);
    const auto block = (*publication)->add_block(*archive->sealer()->seal("x"));
    ASSERT_TRUE((*publication)->add_message(record, {SourceId{1}}, {*block, 0, 1}).ok());
    EXPECT_EQ(snapshot_of(*archive), first);
  }
  EXPECT_EQ(snapshot_of(*archive), first);
  ASSERT_TRUE(publish_samples(*archive, 5, 9).ok());
  const auto second = snapshot_of(*archive);
  EXPECT_THAT(ids_of(*archive, *second, word("7")), ElementsAre("m100007"));
  EXPECT_THAT(ids_of(*archive, *first, word("7")), IsEmpty());
  EXPECT_EQ(second->segments[0].postings, first->segments[0].postings) << "opened once";
  EXPECT_GT(second->commit, first->commit);
}

TEST(Snapshot, IsOneForManyThreadsWhilePublishing) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 5).ok());
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&] {
      for (int time = 0; time < 30; ++time) {
        const auto snapshot = snapshot_of(*archive);
        EXPECT_THAT(ids_of(*archive, *snapshot, word("3")), ElementsAre("m100003"));
      }
    });
  }
  for (int begin = 5; begin < 30; begin += 5) ASSERT_TRUE(publish_samples(*archive, begin, begin + 5).ok());
  threads.clear();
  EXPECT_THAT(snapshot_of(*archive)->segments, SizeIs(6));
}

TEST(Snapshot, NamesTheSegmentWhoseIndexIsDamaged) {
  for (const char* file : {"postings", "texts", "vectors"}) {
    SCOPED_TRACE(file);
    const SampleArchive sample;
    ASSERT_TRUE(publish_samples(*sample.write(), 0, 5, true, "model").ok());
    std::filesystem::resize_file(sample.folder() / "segments" / "s00000001" / file, 20);
    const auto snapshot = sample.read()->snapshot();
    ASSERT_FALSE(snapshot.ok());
    EXPECT_EQ(snapshot.error().code, Code::kCorrupt);
    EXPECT_THAT(snapshot.error().message, HasSubstr("s00000001"));
    EXPECT_THAT(snapshot.error().message, HasSubstr("custos rebuild"));
  }
}

TEST(Snapshot, HasTheVectorsOfEveryChunkAndTheirModel) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 5, false, "model").ok());
  ASSERT_TRUE(publish_samples(*archive, 5, 8).ok());
  const auto snapshot = snapshot_of(*archive);
  EXPECT_EQ(snapshot->embedding_model, "model");
  ASSERT_NE(snapshot->segments[0].vectors, nullptr);
  EXPECT_EQ(snapshot->segments[1].vectors, nullptr);
  document::Record third = sample_record(3);
  embed_sample(third, "model");
  std::vector<index::VectorHit> hits;
  snapshot->segments[0].vectors->search(third.vectors, nullptr, 1, hits);
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_EQ(hits[0].row, 3U);
  EXPECT_EQ(archive->status()->vectors, 5U);
  EXPECT_EQ(archive->status()->chunks, 8U);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Publication, RefusesVectorsThatDoNotFitAndAnotherModel) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 5, false, "model").ok());
  EXPECT_EQ(publish_samples(*archive, 5, 6, false, "other").error().code, Code::kConflict);
  const auto publication = archive->begin_publication({{}, true, "model", kSampleWidth});
  document::Record record = sample_record(7, 10'000);
  embed_sample(record, "model");
  record.vectors.pop_back();
  const auto block = (*publication)->add_block(*archive->sealer()->seal("x"));
  EXPECT_EQ((*publication)->add_message(record, {SourceId{1}}, {*block, 0, 1}).error().code, Code::kInvalidArgument);
}

TEST(People, AreFoundByWordsOfNameAndAddressWhateverTheirCaseAndAccents) {
  const SampleArchive sample;
  const auto archive = sample.write();
  const auto publication = archive->begin_publication({});
  document::Record record = sample_record(1);
  record.from = {{"Jos\xc3\xa9 \xc3\x81lvarez-Smith", "jose.alvarez@Example.org"}};
  record.to = {{"", "jane@example.com"}, {"Jane Doe", "jane@example.com"}, {"List", "mary.jane@mail.example.com"}};
  const auto block = (*publication)->add_block(*archive->sealer()->seal("x"));
  ASSERT_TRUE((*publication)->add_message(record, {}, {*block, 0, 1}).ok());
  ASSERT_TRUE((*publication)->publish().ok());
  const auto count = [&](std::string_view text) { return archive->find_people(text)->size(); };
  EXPECT_EQ(count("JOSE"), 1U);
  EXPECT_EQ(count("jos\xc3\x89 smi"), 1U);
  EXPECT_EQ(count("alvarez smith"), 1U);
  EXPECT_EQ(count("mith"), 0U) << "not at the beginning of a word";
  EXPECT_EQ(count("jose doe"), 0U) << "all words must be there";
  EXPECT_EQ(count("doe"), 1U) << "a name that came later";
  EXPECT_EQ(count("jane"), 2U);
  EXPECT_EQ(count("jane@"), 1U);
  EXPECT_EQ(count("jane@example.com"), 1U);
  EXPECT_EQ(count("@example.com"), 2U) << "the domain and those below it";
  EXPECT_EQ(count("@ple.com"), 0U);
  EXPECT_EQ(count("Jane Doe <jane@example.com>"), 1U);
  EXPECT_EQ(count(" , "), 0U);
  EXPECT_EQ(count("\xff\xfe"), 0U);
}

TEST(Threads, AreNamedByTheirNameOrByAMember) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 15, true).ok());
  const auto by_name = archive->keys_of_thread("tm100010");
  ASSERT_TRUE(by_name.ok()) << by_name.error().message;
  EXPECT_THAT(*by_name, ElementsAre(MessageKey{11}, MessageKey{12}, MessageKey{13}, MessageKey{14}, MessageKey{15}));
  EXPECT_EQ(*archive->keys_of_thread("m100012"), *by_name);
  EXPECT_EQ(archive->keys_of_thread("nothing").error().code, Code::kNotFound);
  EXPECT_EQ(*archive->thread_size(MessageKey{12}), 5U);
  EXPECT_EQ(archive->thread_size(MessageKey{99}).error().code, Code::kNotFound);
}

}  // namespace
}  // namespace custos::store
