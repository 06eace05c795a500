#include "pipeline/worker.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace custos::pipeline {

using document::RawDocument;
using document::SkippedSpan;

uint32_t worker_count(uint32_t wanted) {
  return wanted == 0 ? std::max(1U, std::thread::hardware_concurrency()) : std::min<uint32_t>(wanted, 256);
}

Result<bool> Worker::is_first(const Digest& content_key, uint64_t number) {
  // First the claims, then the catalog: a claim is only forgotten once the catalog has the message.
  if (!claims_.claim(content_key, number)) return false;
  ASSIGN_OR_RETURN(const auto stored, archive_.find_by_content_key(content_key));
  return !stored.has_value();
}

Status Worker::process_document(RawDocument& raw, uint64_t number, ProcessedItem& item) {
  auto draft = stages_.read(raw, *desk_);
  if (!draft.ok()) {
    item.what = store::FailedDocument{.kind = raw.kind,
                                      .place = raw.place,
                                      .flags = raw.flags,
                                      .raw_digest = blake2b(raw.bytes),
                                      .raw_bytes = raw.bytes.size(),
                                      .reason = draft.error().message};
    item.sha256 = sha256(raw.bytes);
    return {};
  }
  ASSIGN_OR_RETURN(const bool first, is_first(draft->record.content_key, number));
  item.is_copy = !first;
  if (first) stages_.complete(*draft, *desk_);
  item.what = std::move(draft->record);
  return {};
}

Status Worker::keep_original(std::string_view bytes, ProcessedItem& item, ProcessedBatch& batch) {
  if (!block_.empty() && block_.size() + bytes.size() > store::kBlockBytesTarget) RETURN_IF_ERROR(seal(batch));
  item.block = static_cast<uint32_t>(batch.blocks.size());
  item.begin = static_cast<uint32_t>(block_.size());
  block_ += bytes;
  item.end = static_cast<uint32_t>(block_.size());
  return {};
}

Status Worker::seal(ProcessedBatch& batch) {
  const auto start = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(store::SealedBlock sealed, sealer_.seal(block_));
  batch.blocks.push_back(std::move(sealed));
  block_.clear();
  seal_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return {};
}

Status Worker::embed(ProcessedBatch& batch, const std::stop_token& stop) {
  if (!embedder_) return {};
  const auto start = std::chrono::steady_clock::now();
  std::vector<document::Record*> records;
  for (ProcessedItem& item : batch.items) {
    auto* record = std::get_if<document::Record>(&item.what);
    if (record != nullptr && !item.is_copy) records.push_back(record);
  }
  const Status done = embedder_->embed(records, stop);
  embed_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return done;
}

Result<ProcessedBatch> Worker::process(RawBatch batch, const std::stop_token& stop) {
  ProcessedBatch done;
  done.source = batch.source;
  done.is_pause = batch.is_pause;
  done.items.reserve(batch.items.size());
  bool has_originals = false;
  uint64_t number = batch.first_document;
  for (source::Item& raw : batch.items) {
    ProcessedItem& item = done.items.emplace_back();
    item.file = std::move(raw.file);
    item.state = raw.state;
    item.ends_logical_file = raw.ends_logical_file;
    if (auto* span = std::get_if<SkippedSpan>(&raw.what)) item.what = std::move(*span);
    if (auto* original = std::get_if<RawDocument>(&raw.what)) {
      RETURN_IF_ERROR(process_document(*original, number, item));
      RETURN_IF_ERROR(keep_original(original->bytes, item, done));
      has_originals = true;
    }
    raw = {};
    ++number;
  }
  if (has_originals) RETURN_IF_ERROR(seal(done));
  RETURN_IF_ERROR(embed(done, stop));
  done.documents_end = number;
  return done;
}

}  // namespace custos::pipeline
