#include "pipeline/worker.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace custos::pipeline {

namespace {

constexpr char kNullStages[] = "not processed: pipeline.stages is null";

}  // namespace

using document::RawDocument;
using document::SkippedSpan;

uint32_t worker_count(uint32_t wanted) {
  return wanted == 0 ? std::max(1U, std::thread::hardware_concurrency()) : std::min<uint32_t>(wanted, 256);
}

std::optional<stage::Draft> Worker::read(RawDocument& raw, ProcessedItem& item) {
  auto draft = stages_.read(raw, *desk_);
  if (draft.ok()) return std::move(*draft);
  item.what = store::FailedDocument{.kind = raw.kind,
                                    .place = raw.place,
                                    .flags = raw.flags,
                                    .raw_digest = blake2b(raw.bytes),
                                    .raw_bytes = raw.bytes.size(),
                                    .reason = draft.error().message};
  item.sha256 = sha256(raw.bytes);
  return {};
}

Status Worker::find_first(std::vector<Reading>& readings, uint64_t first_number) {
  // First the claims, then the catalog: a claim is only forgotten once the catalog has the message.
  std::vector<Reading*> claimed;
  std::vector<Digest> keys;
  for (Reading& reading : readings) {
    if (!claims_.claim(reading.draft.record.content_key, first_number + reading.item)) continue;
    claimed.push_back(&reading);
    keys.push_back(reading.draft.record.content_key);
  }
  ASSIGN_OR_RETURN(const std::vector<bool> have, archive_.have_content_keys(keys));
  for (size_t at = 0; at < claimed.size(); ++at) claimed[at]->is_first = !have[at];
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
  done.documents_end = batch.first_document + batch.items.size();
  done.items.reserve(batch.items.size());
  std::vector<Reading> readings;
  bool has_originals = false;
  for (source::Item& raw : batch.items) {
    ProcessedItem& item = done.items.emplace_back();
    item.file = std::move(raw.file);
    item.state = raw.state;
    item.ends_logical_file = raw.ends_logical_file;
    if (auto* span = std::get_if<SkippedSpan>(&raw.what)) item.what = std::move(*span);
    auto* original = std::get_if<RawDocument>(&raw.what);
    if (original != nullptr && null_stages_) {
      item.what = SkippedSpan{.place = std::move(original->place), .reason = kNullStages};
    } else if (original != nullptr) {
      if (auto draft = read(*original, item)) readings.push_back({done.items.size() - 1, std::move(*draft)});
      RETURN_IF_ERROR(keep_original(original->bytes, item, done));
      has_originals = true;
    }
    raw = {};
  }
  if (has_originals) RETURN_IF_ERROR(seal(done));
  RETURN_IF_ERROR(find_first(readings, batch.first_document));
  for (Reading& reading : readings) {
    ProcessedItem& item = done.items[reading.item];
    item.is_copy = !reading.is_first;
    if (reading.is_first) stages_.complete(reading.draft, *desk_);
    item.what = std::move(reading.draft.record);
    reading.draft = {};
  }
  RETURN_IF_ERROR(embed(done, stop));
  return done;
}

}  // namespace custos::pipeline
