// A publication into local files and a catalog.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/local/point_feed.h"
#include "store/local/writer.h"
#include "store/publication.h"
#include "store/segment/segment_writer.h"

namespace custos::store {

class LocalPublication final : public Publication {
 public:
  // REQUIRES: writer outlives it.
  [[nodiscard]] static Result<std::unique_ptr<Publication>> begin(Writer& writer, const PublicationOptions& options);
  ~LocalPublication() override;

  Result<BlockRef> add_block(const SealedBlock& block) override;
  Result<Added> add_message(document::Record& record, const Origin& origin, const OriginalRef& original) override;
  Result<bool> is_new(const Digest& content_key) override;
  Status expect(std::span<const Expected> expected) override { return writer_.catalog->expect(expected); }
  Result<Outcome> add_failed(const FailedDocument& document, const Origin& origin,
                             const OriginalRef& original) override;
  Result<Outcome> add_skipped(const document::SkippedSpan& span, const Origin& origin) override;
  Status set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) override;
  Status require_lease(const Lease& lease) override { return writer_.catalog->require_lease(lease); }
  uint64_t stored() const override { return segment_ ? segment_->rows() : 0; }
  bool empty() const override { return empty_; }
  Status publish() override;

 private:
  struct PendingProgress {
    SourceId source{};
    std::string file;
    FileProgress progress;
  };

  LocalPublication(Writer& writer, PublicationOptions options)
      : writer_(writer), options_(std::move(options)), points_(options_.vectors, options_.embedding_width) {}
  // kConflict where the archive's vectors are another model's: they could not be compared.
  static Status check_embedding(Writer& writer, const PublicationOptions& options);
  // Whether the ledger has the row's place: with the same bytes (kReplayed), with others (kChanged), or not.
  Result<std::optional<LedgerRow>> known(const LedgerRow& row);
  Result<Outcome> add_row(const LedgerRow& row, Outcome outcome);
  Result<Added> store(document::Record& record, LedgerRow& row);
  Status make_id_unique(document::Record& record);
  Status write_progress();
  // Segment and catalog without the messages that others stored meanwhile.
  Status settle_with_others();
  Result<SegmentRow> rewrite(const SegmentRow& row, const std::vector<MessageKey>& late);
  Status make_durable();

  Writer& writer_;
  const PublicationOptions options_;
  std::unique_ptr<SegmentWriter> segment_;
  std::vector<MessageKey> keys_;  // of its rows
  PointFeed points_;
  std::optional<PendingProgress> progress_;
  bool empty_ = true;
  bool ended_ = false;
};

}  // namespace custos::store
