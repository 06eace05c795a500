// A publication's vectors in a vector store beside the archive.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "store/archive.h"
#include "store/sample_archive.h"
#include "store/vector_store.h"

namespace custos::store {
namespace {

constexpr char kModel[] = "model 1";

class ArchiveVectors : public testing::Test {
 protected:
  ReconcileCounts compare(const Archive& archive) {
    const auto counts = reconcile(archive, *vectors_, {.compare_only = true});
    EXPECT_TRUE(counts.ok()) << counts.error().message;
    return counts.ok() ? *counts : ReconcileCounts{};
  }

  SampleArchive sample_;
  std::unique_ptr<VectorStore> vectors_ = *open_vector_store("memory:", {.width = kSampleWidth});
};

TEST_F(ArchiveVectors, AreThereWhenTheirMessagesAre) {
  const auto archive = sample_.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 1500, true, kModel, "box.mbox", vectors_.get()).ok());
  EXPECT_EQ(*vectors_->count(), 1500U);
  const ReconcileCounts counts = compare(*archive);
  EXPECT_EQ(counts.expected, 1500U);
  EXPECT_EQ(counts.added + counts.removed, 0U);
}

TEST_F(ArchiveVectors, AreFoundUnderTheMessageThatTheyAreOf) {
  const auto archive = sample_.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 30, true, kModel, "box.mbox", vectors_.get()).ok());
  document::Record record = sample_record(17);
  embed_sample(record, kModel);
  const auto found = vectors_->search(record.vectors, 1, {});
  ASSERT_TRUE(found.ok() && found->size() == 1);
  EXPECT_EQ(archive->message(message_of(found->front().id))->id, record.id);
}

TEST_F(ArchiveVectors, StayOutWhereNothingIsEmbedded) {
  const auto archive = sample_.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 10, true, "", "box.mbox", vectors_.get()).ok());
  EXPECT_EQ(*vectors_->count(), 0U);
}

TEST_F(ArchiveVectors, OfARunThatDiedGoBeforeTheirNumbersAreGivenAgain) {
  auto archive = sample_.write();
  ASSERT_TRUE(publish_samples(*archive, 0, 10, false, kModel, "box.mbox", vectors_.get()).ok());
  { const auto dropped = add_samples(*archive, 10, 2000, true, kModel, "box.mbox", vectors_.get()); }
  ASSERT_GT(*vectors_->count(), 1000U);
  EXPECT_EQ(compare(*archive).removed, *vectors_->count() - 10);
  ASSERT_TRUE(remove_unpublished(*archive, *vectors_).ok());
  EXPECT_EQ(*vectors_->count(), 10U);
  EXPECT_EQ(compare(*archive).removed, 0U);
}

}  // namespace
}  // namespace custos::store
