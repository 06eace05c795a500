// Segments made anew: other indexes, other vectors, merged ones. Answers stay.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>

#include "index/keyword_search.h"
#include "store/sample_archive.h"

namespace custos::store {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
namespace fs = std::filesystem;

std::vector<std::string> segment_folders(const SampleArchive& sample) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(sample.folder() / "segments")) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

struct Answer {
  std::string id;
  float score = 0;
};

// The best by word and by meaning, as a user would see them.
std::vector<std::string> answers(const Archive& archive, const Snapshot& snapshot) {
  std::vector<std::string> all;
  std::vector<std::shared_ptr<const index::PostingsReader>> postings;
  for (const SegmentView& segment : snapshot.segments) postings.push_back(segment.postings);
  const index::KeywordSearch search(postings);
  for (const char* text : {"3", "17", "body", "sample"}) {
    index::Query query;
    query.kind = index::Query::Kind::kWord;
    query.text = text;
    const auto result = search.best(query, {}, 100);
    EXPECT_TRUE(result.ok()) << result.error().message;
    for (const index::KeywordHit& hit : result->hits) {
      const auto key = snapshot.segments[hit.segment].keys[hit.row];
      const auto stored = snapshot.segments[hit.segment].texts->read(hit.row);
      EXPECT_TRUE(stored.ok());
      all.push_back(std::string(text) + " " + archive.message(key)->id + " " + stored->subject.text() + " " +
                    std::to_string(static_cast<int>(hit.score * 1000)));
    }
  }
  std::multimap<float, std::string> near;
  for (const SegmentView& segment : snapshot.segments) {
    if (!segment.vectors) continue;
    std::vector<index::VectorHit> hits;
    const float half = std::sqrt(0.5F);
    segment.vectors->search(std::vector<float>{half, half, 0, 0}, nullptr, 1000, hits);
    for (const index::VectorHit& hit : hits) near.emplace(-hit.cosine, archive.message(segment.keys[hit.row])->id);
  }
  for (const auto& [cosine, id] : near) all.push_back(id + " " + std::to_string(std::lround(cosine * 10'000)));
  return all;
}

std::vector<std::string> answers(const Archive& archive) {
  const auto snapshot = archive.snapshot();
  EXPECT_TRUE(snapshot.ok()) << snapshot.error().message;
  return snapshot.ok() ? answers(archive, **snapshot) : std::vector<std::string>();
}

ReindexOptions embedding(const std::string& model, int* embedded = nullptr) {
  ReindexOptions options;
  options.embedding_model = model;
  options.width = kSampleWidth;
  options.embed = [=](std::span<document::Record* const> records) -> Status {
    for (document::Record* record : records) {
      EXPECT_FALSE(record->parts.empty() || record->parts[0].text.text().empty());
      embed_sample(*record, model);
      if (embedded != nullptr) ++*embedded;
    }
    return {};
  };
  return options;
}

TEST(Reindex, MakesPostingsAnewAndKeepsAllElse) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 12, false, "model").ok());
  ASSERT_TRUE(publish_samples(*archive, 12, 20, true, "model").ok());
  const auto before = answers(*archive);
  const auto old = *archive->snapshot();
  ReindexOptions options;
  options.postings = true;
  ReindexProgress last;
  const Status done = archive->reindex(options, [&](const ReindexProgress& progress) {
    last = progress;
    return Status();
  });
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(last.messages, 20U);
  EXPECT_EQ(last.messages_total, 20U);
  EXPECT_EQ(segment_folders(sample), (std::vector<std::string>{"s00000001.1", "s00000002.1"}));
  EXPECT_EQ(answers(*archive), before);
  EXPECT_EQ(answers(*archive, *old), before) << "an old snapshot goes on";
  EXPECT_EQ(archive->read_record(MessageKey{5})->text.text(), "body of 4");
  EXPECT_EQ(archive->status()->vectors, 20U);
  EXPECT_EQ(faults_of(*archive), "");
  options.index_subject = false;
  ASSERT_TRUE(archive->reindex(options, {}).ok());
  EXPECT_LT(answers(*archive).size(), before.size()) << "\"sample\" is only in subjects";
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Reindex, RepairsADamagedIndexAndRefusesDamagedMessages) {
  const SampleArchive sample;
  ASSERT_TRUE(publish_samples(*sample.write(), 0, 12, true).ok());
  const fs::path segment = sample.folder() / "segments" / "s00000001";
  fs::resize_file(segment / "postings", 10);
  ReindexOptions options;
  options.postings = true;
  {
    const auto archive = sample.write();
    ASSERT_TRUE(archive->reindex(options, {}).ok());
    EXPECT_EQ(faults_of(*archive), "");
  }
  std::fstream file(sample.folder() / "segments" / "s00000001.1" / "messages.parquet",
                    std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(200);
  file.put('\x7f');
  file.close();
  const auto archive = sample.write();
  EXPECT_THAT(archive->reindex(options, {}).error().message, HasSubstr("messages.parquet"));
  EXPECT_THAT(archive->merge_segments({}).value(), 0U);
  EXPECT_THAT(segment_folders(sample), SizeIs(1));
}

TEST(Reindex, ChangesTheModelOfAllVectorsAtOnce) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 12, false, "model").ok());
  ASSERT_TRUE(publish_samples(*archive, 12, 20, true).ok());
  const auto old = *archive->snapshot();
  const auto before = answers(*archive, *old);
  ReindexOptions options = embedding("other");
  const auto embed = options.embed;
  options.embed = [&](std::span<document::Record* const> records) {
    EXPECT_EQ(answers(*archive), before) << "the old vectors are in force until all new ones are there";
    return embed(records);
  };
  const Status done = archive->reindex(options, {});
  ASSERT_TRUE(done.ok()) << done.error().message;
  const auto now = *archive->snapshot();
  EXPECT_EQ(now->embedding_model, "other");
  for (const SegmentView& segment : now->segments) {
    ASSERT_NE(segment.vectors, nullptr);
    EXPECT_EQ(segment.vectors->model(), "other");
  }
  EXPECT_NE(answers(*archive), before);
  EXPECT_EQ(answers(*archive, *old), before);
  EXPECT_EQ(archive->status()->vectors, 20U);
  EXPECT_EQ(faults_of(*archive), "");
  EXPECT_EQ(publish_samples(*archive, 20, 21, true, "model").error().code, Code::kConflict);
}

TEST(Reindex, EmbedsOnlyWhatHasNoVectorsOfTheModel) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 12, false, "model").ok());
  ASSERT_TRUE(publish_samples(*archive, 12, 20, true).ok());
  int embedded = 0;
  ASSERT_TRUE(archive->reindex(embedding("model", &embedded), {}).ok());
  EXPECT_EQ(embedded, 8);
  EXPECT_EQ(archive->status()->vectors, 20U);
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Reindex, LeavesTheOldVectorsWhenItIsStopped) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 12, false, "model").ok());
  ASSERT_TRUE(publish_samples(*archive, 12, 20, true, "model").ok());
  const auto before = answers(*archive);
  const auto folders = segment_folders(sample);
  int left = 1;
  const Status stopped = archive->reindex(embedding("other"), [&](const ReindexProgress&) -> Status {
    return left-- > 0 ? Status() : Status(Error{Code::kCancelled, "stopped"});
  });
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  EXPECT_EQ(answers(*archive), before);
  EXPECT_EQ(segment_folders(sample), folders);
  EXPECT_EQ(faults_of(*archive), "");
  ASSERT_TRUE(archive->reindex(embedding("other"), {}).ok()) << "the archive is free again";
  EXPECT_EQ(faults_of(*archive), "");
}

TEST(Reindex, IsRefusedWhileAPublicationIsOpenAndForVectorsThatDoNotFit) {
  const SampleArchive sample;
  const auto archive = sample.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 12, true).ok());
  {
    const auto publication = archive->begin_publication({});
    EXPECT_EQ(archive->reindex(embedding("model"), {}).error().code, Code::kConflict);
    EXPECT_EQ(archive->merge_segments({}).error().code, Code::kConflict);
  }
  ReindexOptions options = embedding("model");
  options.embed = [](std::span<document::Record* const>) { return Status(); };
  EXPECT_EQ(archive->reindex(options, {}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(sample.read()->reindex(options, {}).error().code, Code::kInvalidArgument);
}

TEST(Merge, KeepsEveryAnswerAndItsReaders) {
  const SampleArchive sample;
  const auto archive = sample.write();
  for (int begin = 0; begin < 27; begin += 3) {
    ASSERT_TRUE(publish_samples(*archive, begin, begin + 3, begin + 3 == 27, "model").ok());
  }
  const auto old = *archive->snapshot();
  const auto before = answers(*archive, *old);
  const uint64_t commits = *archive->commits();
  const auto reader = sample.read();
  ASSERT_TRUE(reader->read_record(MessageKey{20}).ok());
  const auto gone = archive->merge_segments({});
  ASSERT_TRUE(gone.ok()) << gone.error().message;
  EXPECT_EQ(*gone, kMergeFactor - 1);
  EXPECT_EQ(segment_folders(sample), (std::vector<std::string>{"s00000001.1", "s00000009"}));
  EXPECT_EQ(answers(*archive), before);
  EXPECT_EQ(answers(*archive, *old), before) << "an old snapshot goes on";
  EXPECT_EQ(answers(*reader), before);
  EXPECT_EQ(reader->read_record(MessageKey{20})->text.text(), "body of 19");
  EXPECT_EQ(reader->read_record(MessageKey{12})->text.text(), "body of 11");
  EXPECT_EQ(*archive->commits(), commits) << "sinks have nothing to do";
  EXPECT_EQ(archive->status()->vectors, 27U);
  EXPECT_EQ(archive->status()->segments, 2U);
  EXPECT_EQ(faults_of(*archive), "");
  EXPECT_EQ(*archive->merge_segments({}), 0U);
}

TEST(Merge, IsDoneWhereItWasToldOf) {
  const SampleArchive sample;
  const auto archive = sample.write();
  for (int begin = 0; begin < 24; begin += 3) ASSERT_TRUE(publish_samples(*archive, begin, begin + 3).ok());
  const auto folders = segment_folders(sample);
  const auto before = answers(*archive);
  const auto stopped = archive->merge_segments([](const ReindexProgress& progress) -> Status {
    EXPECT_EQ(progress.messages, 24U);
    return Error{Code::kCancelled, "stopped"};
  });
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
  EXPECT_NE(segment_folders(sample), folders) << "the commit came first";
  EXPECT_EQ(faults_of(*archive), "");
  EXPECT_EQ(answers(*archive), before);
}

TEST(Merge, GoesOnAfterMoreIsPublished) {
  const SampleArchive sample;
  const auto archive = sample.write();
  for (int round = 0; round < 3; ++round) {
    for (int begin = round * 16; begin < round * 16 + 16; begin += 2) {
      ASSERT_TRUE(publish_samples(*archive, begin, begin + 2, false, "model").ok());
    }
    ASSERT_TRUE(archive->merge_segments({}).ok());
    EXPECT_EQ(archive->status()->segments, static_cast<uint64_t>(round) + 1);
    EXPECT_EQ(faults_of(*archive), "");
  }
  EXPECT_EQ(archive->read_record(MessageKey{40})->text.text(), "body of 39");
  EXPECT_EQ(faults_of(*archive), "");
}

}  // namespace
}  // namespace custos::store
