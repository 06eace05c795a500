// New segments for old messages.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "store/local/writer.h"
#include "store/publication.h"
#include "store/segment/segment_writer.h"

namespace custos::store {

class LocalRebuild final : public Rebuild {
 public:
  // REQUIRES: writer outlives it.
  [[nodiscard]] static Result<std::unique_ptr<Rebuild>> begin(Writer& writer, const PublicationOptions& options);
  ~LocalRebuild() override;

  Status add(MessageKey key, document::Record& record) override;
  Status finish() override;

 private:
  LocalRebuild(Writer& writer, PublicationOptions options) : writer_(writer), options_(std::move(options)) {}
  Status begin_segment();
  Status end_segment();

  Writer& writer_;
  const PublicationOptions options_;
  std::unique_ptr<SegmentWriter> segment_;
  std::vector<std::unique_ptr<SegmentWriter>> finished_;
  std::vector<SegmentRow> replaced_;
  MessageKey last_{};
  uint64_t added_ = 0;
  bool ended_ = false;
};

}  // namespace custos::store
