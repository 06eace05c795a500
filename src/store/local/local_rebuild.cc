#include "store/local/local_rebuild.h"

#include <fmt/format.h>

#include <cassert>

#include "store/local/layout.h"

namespace custos::store {
namespace {

constexpr uint64_t kSegmentRows = 16384;

}  // namespace

Result<std::unique_ptr<Rebuild>> LocalRebuild::begin(Writer& writer, const PublicationOptions& options) {
  RETURN_IF_ERROR(check_free(writer));
  ASSIGN_OR_RETURN(std::vector<SegmentRow> replaced, writer.catalog->segments());
  RETURN_IF_ERROR(writer.catalog->begin());
  writer.busy = true;
  std::unique_ptr<LocalRebuild> rebuild(new LocalRebuild(writer, options));
  rebuild->replaced_ = std::move(replaced);
  RETURN_IF_ERROR(writer.catalog->clear_derived());
  return std::unique_ptr<Rebuild>(std::move(rebuild));
}

LocalRebuild::~LocalRebuild() {
  if (ended_) return;
  writer_.busy = false;
  writer_.catalog->rollback();
}

Status LocalRebuild::begin_segment() {
  ASSIGN_OR_RETURN(const int64_t id, writer_.catalog->new_segment_id());
  ASSIGN_OR_RETURN(segment_, SegmentWriter::create(writer_.storage.new_segments(), writer_.archive_id, id,
                                                   segment_name(id), options_));
  return {};
}

Status LocalRebuild::end_segment() {
  if (!segment_) return {};
  ASSIGN_OR_RETURN(const SegmentRow row, segment_->finish());
  RETURN_IF_ERROR(writer_.storage.put_segment(row.name));
  finished_.push_back(std::move(segment_));
  return writer_.catalog->add_segment(row);
}

Status LocalRebuild::add(MessageKey key, document::Record& record) {
  if (key <= last_) return Error{Code::kInvalidArgument, "rebuild: messages must come in ascending order, each once"};
  if (segment_ && segment_->rows() >= kSegmentRows) RETURN_IF_ERROR(end_segment());
  if (!segment_) RETURN_IF_ERROR(begin_segment());
  ASSIGN_OR_RETURN(record.id, writer_.catalog->public_id(key));
  ASSIGN_OR_RETURN(const PersonNumbers people,
                   writer_.catalog->replace_stored(key, record, {segment_->id(), segment_->rows()}));
  RETURN_IF_ERROR(segment_->append(record, key, people));
  last_ = key;
  ++added_;
  return {};
}

Status LocalRebuild::finish() {
  assert(!ended_);
  ASSIGN_OR_RETURN(const ArchiveStatus status, writer_.catalog->status());
  if (added_ != status.stored) {
    return Error{Code::kConflict,
                 fmt::format("rebuild: {} of {} messages came; the old segments stay", added_, status.stored)};
  }
  RETURN_IF_ERROR(end_segment());
  RETURN_IF_ERROR(writer_.catalog->set_meta(kMetaEmbeddingModel, options_.embedding_model));
  ended_ = true;
  writer_.busy = false;
  for (const auto& segment : finished_) segment->keep();
  const Status committed = writer_.catalog->commit();
  if (!committed.ok()) {
    writer_.broken = true;
    writer_.catalog->rollback();
    return committed;
  }
  // Nothing names them any more: what cannot be removed now costs room, and verify tells of it.
  for (const SegmentRow& row : replaced_) static_cast<void>(writer_.storage.remove_segment(row.name).ok());
  return {};
}

}  // namespace custos::store
