#include "store/local/local_publication.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "store/local/layout.h"
#include "store/segment/segment_copy.h"

namespace custos::store {
namespace {

constexpr char kIdConflict[] = "id-conflict";

LedgerRow row_of(const document::Place& place, const Origin& origin, LedgerStatus status) {
  LedgerRow row;
  row.source = origin.source;
  row.place = place;
  row.generation = origin.generation;
  row.last = origin.ends_logical_file;
  row.status = status;
  return row;
}

bool same_item(const LedgerRow& old, const LedgerRow& row) {
  return old.place.end == row.place.end && old.has_document() == row.has_document() &&
         (!row.has_document() || old.raw_digest == row.raw_digest);
}

void add_defect(document::Record& record, const std::string& defect) {
  const auto at = std::lower_bound(record.defects.begin(), record.defects.end(), defect);
  if (at == record.defects.end() || *at != defect) record.defects.insert(at, defect);
}

}  // namespace

Status LocalPublication::check_embedding(Writer& writer, const PublicationOptions& options) {
  if (options.embedding_model.empty()) return {};
  if (options.embedding_width == 0) return Error{Code::kInvalidArgument, "vectors need a width"};
  ASSIGN_OR_RETURN(const std::string model, writer.catalog->meta(kMetaEmbeddingModel));
  if (model.empty() || model == options.embedding_model) return {};
  return Error{Code::kConflict, fmt::format("the archive's vectors were made by {}, these by {}: run custos rebuild "
                                            "--embeddings first, or ingest with --no-embed",
                                            model, options.embedding_model)};
}

Result<std::unique_ptr<Publication>> LocalPublication::begin(Writer& writer, const PublicationOptions& options) {
  RETURN_IF_ERROR(check_free(writer));
  RETURN_IF_ERROR(check_embedding(writer, options));
  RETURN_IF_ERROR(writer.catalog->begin());
  writer.busy = true;
  return std::unique_ptr<Publication>(new LocalPublication(writer, options));
}

LocalPublication::~LocalPublication() {
  if (ended_) return;
  writer_.busy = false;
  segment_.reset();
  writer_.catalog->rollback();
  if (!writer_.packs.rollback().ok()) writer_.broken = true;
}

Result<BlockRef> LocalPublication::add_block(const SealedBlock& block) { return writer_.packs.append(block); }

Result<bool> LocalPublication::is_new(const Digest& content_key) {
  ASSIGN_OR_RETURN(const auto found, writer_.catalog->find_by_content_key(content_key));
  return !found.has_value();
}

Result<std::optional<LedgerRow>> LocalPublication::known(const LedgerRow& row) {
  assert(!ended_);
  empty_ = false;
  return writer_.catalog->ledger_row(row.source, row.place, row.generation);
}

Result<Outcome> LocalPublication::add_row(const LedgerRow& row, Outcome outcome) {
  ASSIGN_OR_RETURN(const std::optional<LedgerRow> old, known(row));
  if (old) return same_item(*old, row) ? Outcome::kReplayed : Outcome::kChanged;
  RETURN_IF_ERROR(writer_.catalog->add_ledger(row));
  return outcome;
}

Status LocalPublication::make_id_unique(document::Record& record) {
  const std::string wanted = record.id;
  for (size_t bytes = 0; bytes <= record.content_key.bytes.size(); bytes += 4) {
    if (bytes > 0) {
      record.id = wanted + "~" + record.content_key.hex_prefix(bytes);
      add_defect(record, kIdConflict);
    }
    ASSIGN_OR_RETURN(const auto taken, writer_.catalog->find_by_id(record.id));
    if (!taken) return {};
  }
  return Error{Code::kConflict, "no free id for a message of " + record.place.path};
}

Result<Added> LocalPublication::store(document::Record& record, LedgerRow& row) {
  if (stored() >= kPublicationMessagesMax) {
    return Error{Code::kLimit, fmt::format("more than {} messages in one publication", kPublicationMessagesMax)};
  }
  if (!segment_) {
    ASSIGN_OR_RETURN(const int64_t id, writer_.catalog->new_segment_id());
    ASSIGN_OR_RETURN(segment_, SegmentWriter::create(writer_.storage.new_segments(), writer_.archive_id, id,
                                                     segment_name(id), options_));
  }
  RETURN_IF_ERROR(make_id_unique(record));
  ASSIGN_OR_RETURN(row.message, writer_.catalog->new_message_key());
  ASSIGN_OR_RETURN(const PersonNumbers people,
                   writer_.catalog->add_stored(record, {segment_->id(), segment_->rows()}, row));
  RETURN_IF_ERROR(segment_->append(record, row.message, people));
  RETURN_IF_ERROR(points_.add(record, row.message, row.source, people));
  keys_.push_back(row.message);
  return Added{Outcome::kStored, row.message, record.id};
}

Result<Added> LocalPublication::add_message(document::Record& record, const Origin& origin,
                                            const OriginalRef& original) {
  LedgerRow row = row_of(record.place, origin, LedgerStatus::kStored);
  row.kind = record.raw_kind;
  row.raw_digest = record.raw_digest;
  row.raw_bytes = record.raw_bytes;
  row.original = original;
  row.flags = record.flags;
  ASSIGN_OR_RETURN(const std::optional<LedgerRow> old, known(row));
  if (old && !same_item(*old, row)) return Added{Outcome::kChanged, {}, {}};
  ASSIGN_OR_RETURN(const std::optional<StoredMessage> same, writer_.catalog->find_by_content_key(record.content_key));
  if (old) return Added{Outcome::kReplayed, old->message, same ? same->id : std::string()};
  if (!same) return store(record, row);
  row.status = LedgerStatus::kDuplicate;
  row.message = same->key;
  RETURN_IF_ERROR(writer_.catalog->add_ledger(row));
  return Added{Outcome::kDuplicate, same->key, same->id};
}

Result<Outcome> LocalPublication::add_failed(const FailedDocument& document, const Origin& origin,
                                             const OriginalRef& original) {
  LedgerRow row = row_of(document.place, origin, LedgerStatus::kFailed);
  row.reason = document.reason;
  row.kind = document.kind;
  row.raw_digest = document.raw_digest;
  row.raw_bytes = document.raw_bytes;
  row.original = original;
  row.flags = document.flags;
  return add_row(row, Outcome::kStored);
}

Result<Outcome> LocalPublication::add_skipped(const document::SkippedSpan& span, const Origin& origin) {
  LedgerRow row = row_of(span.place, origin, span.failed ? LedgerStatus::kFailedSpan : LedgerStatus::kSkipped);
  row.reason = span.reason;
  return add_row(row, Outcome::kStored);
}

Status LocalPublication::set_file_progress(SourceId source, const std::string& file, const FileProgress& progress) {
  empty_ = false;
  if (progress_ && (progress_->source != source || progress_->file != file)) RETURN_IF_ERROR(write_progress());
  if (progress_) {
    progress_->progress = progress;
  } else {
    progress_ = {source, file, progress};
  }
  return {};
}

// A large mailbox reports progress with every message: only the last is written.
Status LocalPublication::write_progress() {
  if (!progress_) return {};
  RETURN_IF_ERROR(writer_.catalog->set_file_progress(progress_->source, progress_->file, progress_->progress));
  progress_.reset();
  return {};
}

Status LocalPublication::make_durable() {
  if (segment_) segment_->end_rows();
  RETURN_IF_ERROR(points_.send());
  RETURN_IF_ERROR(writer_.catalog->join_threads());
  RETURN_IF_ERROR(write_progress());
  RETURN_IF_ERROR(writer_.packs.sync());
  for (const PackRow& row : writer_.packs.grown()) {
    RETURN_IF_ERROR(writer_.storage.put_pack(row.id));
    RETURN_IF_ERROR(writer_.catalog->set_pack(row));
  }
  return settle_with_others();
}

Result<SegmentRow> LocalPublication::rewrite(const SegmentRow& row, const std::vector<MessageKey>& late) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, writer_.storage.segment(row.name, kSegmentFiles));
  ASSIGN_OR_RETURN(auto writer, SegmentWriter::create(writer_.storage.new_segments(), writer_.archive_id, row.id,
                                                      next_revision(row.name), options_));
  const auto choose = [&](uint64_t at) -> Result<std::optional<CopiedRow>> {
    if (std::ranges::binary_search(late, keys_[at])) return std::optional<CopiedRow>();
    ASSIGN_OR_RETURN(PersonNumbers people, writer_.catalog->person_numbers(keys_[at]));
    return std::optional(CopiedRow{keys_[at], std::move(people)});
  };
  RETURN_IF_ERROR(copy_segment(folder, row, choose, *writer));
  segment_ = std::move(writer);
  std::erase_if(keys_, [&](MessageKey key) { return std::ranges::binary_search(late, key); });
  return segment_->finish();
}

// A segment is durable before the catalog is asked, since nobody else commits while it makes up its mind.
Status LocalPublication::settle_with_others() {
  SegmentRow row;
  if (segment_) {
    ASSIGN_OR_RETURN(row, segment_->finish());
  }
  while (true) {
    if (segment_) RETURN_IF_ERROR(writer_.storage.put_segment(row.name));
    ASSIGN_OR_RETURN(const std::vector<MessageKey> late, writer_.catalog->prepare());
    if (late.empty()) break;
    RETURN_IF_ERROR(points_.remove(late));
    const std::string before = row.name;
    if (late.size() == keys_.size()) {
      segment_.reset();
      keys_.clear();
    } else {
      ASSIGN_OR_RETURN(row, rewrite(row, late));
    }
    // Nothing names it; what cannot be removed now costs room.
    static_cast<void>(writer_.storage.remove_segment(before).ok());
  }
  if (!segment_) return {};
  if (!options_.embedding_model.empty()) {
    // Another one may have been the first meanwhile, with vectors of another model.
    RETURN_IF_ERROR(check_embedding(writer_, options_));
    RETURN_IF_ERROR(writer_.catalog->set_meta(kMetaEmbeddingModel, options_.embedding_model));
  }
  return writer_.catalog->add_segment(row);
}

Status LocalPublication::publish() {
  assert(!ended_);
  const Status durable = make_durable();
  if (!durable.ok()) {
    writer_.broken = true;
    return durable;
  }
  // From here on only the catalog knows whether the batch exists: nothing of it is removed before it was asked.
  ended_ = true;
  writer_.busy = false;
  if (segment_) segment_->keep();
  const Status committed = writer_.catalog->commit();
  if (!committed.ok()) {
    writer_.broken = true;
    writer_.catalog->rollback();
    return committed;
  }
  writer_.packs.commit();
  return {};
}

}  // namespace custos::store
