#include "store/publication.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/sample_archive.h"

namespace custos::store {
namespace {

class PublicationTest : public testing::Test {
 protected:
  void SetUp() override {
    archive_ = sample_.write();
    source_ = *archive_->register_source("/mail");
  }
  std::unique_ptr<Publication> begin() {
    auto publication = archive_->begin_publication({});
    EXPECT_TRUE(publication.ok());
    return std::move(publication).value();
  }
  // Adds the message's bytes and then the message.
  Result<Added> add(Publication& publication, document::Record record, bool last = false) {
    const std::string bytes = sample_bytes(number_of(record));
    ASSIGN_OR_RETURN(const BlockSealer sealer, archive_->sealer());
    ASSIGN_OR_RETURN(const SealedBlock sealed, sealer.seal(bytes));
    ASSIGN_OR_RETURN(const BlockRef block, publication.add_block(sealed));
    return publication.add_message(record, {source_, 0, last}, {block, 0, static_cast<uint32_t>(bytes.size())});
  }
  static int number_of(const document::Record& record) { return std::stoi(record.subject.text().substr(7)); }

  SampleArchive sample_;
  std::unique_ptr<Archive> archive_;
  SourceId source_{};
};

TEST_F(PublicationTest, AMessageInASecondMailboxIsADuplicateWithAllItsPlaces) {
  auto publication = begin();
  EXPECT_EQ(add(*publication, sample_record(1, 0, "a"), true)->outcome, Outcome::kStored);
  EXPECT_EQ(add(*publication, sample_record(1, 0, "b"), true)->outcome, Outcome::kDuplicate);
  ASSERT_TRUE(publication->publish().ok());
  publication = begin();
  const auto third = add(*publication, sample_record(1, 0, "c"), true);
  EXPECT_EQ(third->outcome, Outcome::kDuplicate);
  ASSERT_TRUE(publication->publish().ok());
  const auto places = archive_->places(third->key);
  ASSERT_TRUE(places.ok());
  ASSERT_EQ(places->size(), 3U);
  EXPECT_EQ((*places)[2].place.path, "c");
  EXPECT_EQ((*places)[2].source, "/mail");
  EXPECT_TRUE((*places)[2].is_duplicate);
  const auto status = archive_->status();
  EXPECT_EQ(status->duplicates, 2U);
  EXPECT_EQ(status->segments, 1U);
  EXPECT_EQ(faults_of(*archive_), "");
}

TEST_F(PublicationTest, AReplayDoesNothingAndAChangedPlaceIsTold) {
  auto publication = begin();
  ASSERT_TRUE(add(*publication, sample_record(1), true).ok());
  ASSERT_TRUE(publication->publish().ok());
  publication = begin();
  const auto again = add(*publication, sample_record(1), true);
  EXPECT_EQ(again->outcome, Outcome::kReplayed);
  EXPECT_EQ(again->id, "m100001");
  EXPECT_EQ(add(*publication, sample_record(2), true)->outcome, Outcome::kChanged);
  ASSERT_TRUE(publication->publish().ok());
  EXPECT_EQ(archive_->status()->found, 1U);
  EXPECT_EQ(faults_of(*archive_), "");
}

TEST_F(PublicationTest, AnIdThatAnotherMessageHasGetsASuffixAndADefect) {
  auto publication = begin();
  document::Record other = sample_record(2, 0, "b");
  other.id = "m100001";
  ASSERT_TRUE(add(*publication, sample_record(1, 0, "a"), true).ok());
  const auto added = add(*publication, other, true);
  ASSERT_TRUE(added.ok());
  EXPECT_EQ(added->id, "m100001~" + other.content_key.hex_prefix(4));
  ASSERT_TRUE(publication->publish().ok());
  const auto record = archive_->read_record(added->key);
  ASSERT_TRUE(record.ok()) << record.error().message;
  EXPECT_THAT(record->defects, testing::Contains("id-conflict"));
  EXPECT_EQ(archive_->find_message("m100001")->key, MessageKey{1});
}

TEST_F(PublicationTest, FailedAndSkippedSpansAreInTheLedgerWithTheirReason) {
  auto publication = begin();
  const std::string bytes = "not mail";
  const auto block = publication->add_block(*archive_->sealer()->seal(bytes));
  const FailedDocument failed{
      .place = {"f", 10, 18}, .raw_digest = blake2b(bytes), .raw_bytes = 8, .reason = "too deep"};
  EXPECT_TRUE(publication->add_skipped({{"f", 0, 10}, "before the first From_ line", false}, {source_}).ok());
  EXPECT_TRUE(publication->add_failed(failed, {source_}, {*block, 0, 8}).ok());
  EXPECT_TRUE(publication->add_skipped({{"f", 18, 30}, "encrypted", true}, {source_, 0, true}).ok());
  EXPECT_EQ(publication->stored(), 0U);
  ASSERT_TRUE(publication->publish().ok());
  const auto status = archive_->status();
  EXPECT_EQ(status->found, 2U);
  EXPECT_EQ(status->failed, 2U);
  EXPECT_EQ(status->skipped, 1U);
  EXPECT_EQ(status->segments, 0U);
  EXPECT_EQ(archive_->reasons()->size(), 3U);
  EXPECT_EQ(faults_of(*archive_), "");
}

TEST_F(PublicationTest, AnAbandonedOneLeavesNothingBehind) {
  auto publication = begin();
  ASSERT_TRUE(add(*publication, sample_record(1), true).ok());
  EXPECT_EQ(archive_->begin_publication({}).error().code, Code::kConflict);
  publication.reset();
  EXPECT_EQ(archive_->status()->found, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(sample_.folder() / "segments"));
  EXPECT_TRUE(std::filesystem::is_empty(sample_.folder() / "originals"));
  EXPECT_TRUE(publish_samples(*archive_, 0, 3, true).ok());
  EXPECT_EQ(faults_of(*archive_), "");
}

TEST_F(PublicationTest, WorkersFindWhatWasPublished) {
  const document::Record record = sample_record(4);
  EXPECT_FALSE(archive_->find_by_content_key(record.content_key)->has_value());
  auto publication = begin();
  ASSERT_TRUE(add(*publication, record, true).ok());
  EXPECT_FALSE(archive_->find_by_raw_digest(record.raw_digest)->has_value());
  EXPECT_FALSE(*publication->is_new(record.content_key));
  ASSERT_TRUE(publication->publish().ok());
  EXPECT_EQ((*archive_->find_by_raw_digest(record.raw_digest))->id, "m100004");
  EXPECT_EQ((*archive_->find_by_content_key(record.content_key))->content_key, record.content_key);
}

TEST_F(PublicationTest, PacksRollAtTheirLimitAndStayReadable) {
  archive_.reset();
  sample_.options.pack_bytes_max = 250;
  archive_ = sample_.write();
  for (int number = 0; number < 6; ++number) ASSERT_TRUE(publish_samples(*archive_, number, number + 1).ok());
  EXPECT_TRUE(std::filesystem::exists(sample_.folder() / "originals" / "000003.pack"));
  EXPECT_EQ(archive_->original_of(MessageKey{6})->document.bytes, sample_bytes(5));
  EXPECT_EQ(faults_of(*archive_), "");
}

}  // namespace
}  // namespace custos::store
