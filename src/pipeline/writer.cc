#include "pipeline/writer.h"

#include <fmt/format.h>

#include <utility>

#include "pipeline/masked_participant.h"

namespace custos::pipeline {
namespace {

using Clock = std::chrono::steady_clock;

store::FileProgress as_progress(const source::FileState& state) {
  return {state.size,   state.modified_ns, state.head_bytes, state.head_hash,
          state.resume, state.generation,  state.complete};
}

uint64_t entities_of(const document::Record& record) {
  uint64_t count = record.subject.entities().size();
  for (const document::RecordPart& part : record.parts) {
    count += part.text.entities().size() + part.name.entities().size();
  }
  return count;
}

}  // namespace

Writer::Writer(IngestTarget target, source::Source& read, store::SourceId source, std::string source_name,
               const IngestOptions& options, Claims& claims, const FileLeases& leases, std::stop_token stop)
    : target_(target),
      read_(read),
      source_(source),
      source_name_(std::move(source_name)),
      options_(options),
      claims_(claims),
      leases_(leases),
      stop_(std::move(stop)) {}

Status Writer::changed_file(const document::Place& place) const {
  return Error{Code::kConflict,
               fmt::format("{}: {} changed at byte {} while it was read; run the same command again to read it anew",
                           source_name_, place.path, place.begin)};
}

Status Writer::copy_to_sinks(const document::Record& record) {
  if (target_.sinks.empty()) return {};
  if (pseudonym_key_.empty()) {
    ASSIGN_OR_RETURN(pseudonym_key_, target_.archive.derived_key("sink participants"));
  }
  const auto shown = [&](const std::vector<document::Participant>& people) {
    return options_.mask_participants_in_sinks ? masked(people, pseudonym_key_) : people;
  };
  const columns::RowContext context{
      .thread = {}, .from = shown(record.from), .to = shown(record.to), .cc = shown(record.cc)};
  for (const auto& sink : target_.sinks) RETURN_IF_ERROR(sink->append(record, context));
  return {};
}

Status Writer::add_record(document::Record& record, const store::Origin& origin, const store::OriginalRef& original) {
  counts_.bytes += record.raw_bytes;
  bytes_since_commit_ += record.raw_bytes;
  ASSIGN_OR_RETURN(const store::Added added, publication_->add_message(record, origin, original));
  switch (added.outcome) {
    case store::Outcome::kStored:
      ++counts_.stored;
      counts_.entities += entities_of(record);
      return copy_to_sinks(record);
    case store::Outcome::kDuplicate:
      ++counts_.duplicates;
      return {};
    case store::Outcome::kReplayed:
      return {};
    case store::Outcome::kChanged:
      return changed_file(record.place);
  }
  return {};
}

Status Writer::add_failed(const ProcessedItem& item, const store::FailedDocument& failed, const store::Origin& origin,
                          const store::OriginalRef& original) {
  ++counts_.found;
  ++counts_.failed;
  ASSIGN_OR_RETURN(const store::Outcome outcome, publication_->add_failed(failed, origin, original));
  if (outcome == store::Outcome::kChanged) return changed_file(failed.place);
  if (outcome != store::Outcome::kReplayed) {
    read_.rejected({failed.place, failed.reason, item.sha256, failed.raw_bytes});
  }
  return {};
}

Status Writer::add_skipped(const document::SkippedSpan& span, const store::Origin& origin) {
  ++(span.failed ? counts_.failed : counts_.skipped);
  counts_.found += span.failed ? 1 : 0;
  ASSIGN_OR_RETURN(const store::Outcome outcome, publication_->add_skipped(span, origin));
  if (outcome == store::Outcome::kChanged) return changed_file(span.place);
  if (span.failed && outcome != store::Outcome::kReplayed) read_.rejected({span.place, span.reason, {}, 0});
  return {};
}

Status Writer::add_item(ProcessedItem& item, const std::vector<store::BlockRef>& blocks) {
  const store::Origin origin{source_, item.state.generation, item.ends_logical_file};
  const auto original = [&] { return store::OriginalRef{blocks.at(item.block), item.begin, item.end}; };
  if (auto* record = std::get_if<document::Record>(&item.what)) {
    ++counts_.found;
    RETURN_IF_ERROR(add_record(*record, origin, original()));
  } else if (auto* failed = std::get_if<store::FailedDocument>(&item.what)) {
    RETURN_IF_ERROR(add_failed(item, *failed, origin, original()));
  } else if (auto* span = std::get_if<document::SkippedSpan>(&item.what)) {
    RETURN_IF_ERROR(add_skipped(*span, origin));
  }
  uncommitted_[item.file] = item.state;
  return publication_->set_file_progress(source_, item.file, as_progress(item.state));
}

Status Writer::open_publication() {
  store::PublicationOptions options{.versions = target_.stages.versions(),
                                    .index_subject = options_.index_subject,
                                    .embedding_model = {},
                                    .embedding_width = 0,
                                    .vectors = nullptr};
  if (target_.embedding != nullptr) {
    options.embedding_model = target_.embedding->model();
    options.embedding_width = target_.embedding->width();
    options.vectors = target_.vectors;
    options.versions.push_back(target_.embedding->stage_version());
  }
  ASSIGN_OR_RETURN(publication_, target_.archive.begin_publication(options));
  return {};
}

Status Writer::announce(const ProcessedBatch& batch) {
  std::vector<store::Expected> expected;
  for (const ProcessedItem& item : batch.items) {
    store::Expected one{.source = source_, .generation = item.state.generation};
    if (const auto* record = std::get_if<document::Record>(&item.what)) {
      one.content_key = record->content_key;
      one.id = record->id;
      one.place = record->place;
      one.record = item.is_copy ? nullptr : record;
    } else if (const auto* failed = std::get_if<store::FailedDocument>(&item.what)) {
      one.place = failed->place;
    } else if (const auto* span = std::get_if<document::SkippedSpan>(&item.what)) {
      one.place = span->place;
    } else {
      continue;
    }
    expected.push_back(std::move(one));
  }
  return publication_->expect(expected);
}

Status Writer::add(ProcessedBatch batch) {
  const auto start = Clock::now();
  const double merging = merges_.seconds;
  if (!publication_) RETURN_IF_ERROR(open_publication());
  std::vector<store::BlockRef> blocks;
  for (const store::SealedBlock& block : batch.blocks) {
    ASSIGN_OR_RETURN(const store::BlockRef ref, publication_->add_block(block));
    blocks.push_back(ref);
  }
  if (target_.archive.is_shared()) RETURN_IF_ERROR(announce(batch));
  for (ProcessedItem& item : batch.items) RETURN_IF_ERROR(add_item(item, blocks));
  documents_end_ = batch.documents_end;
  counts_.source = batch.source;
  if (batch.is_pause || is_due()) RETURN_IF_ERROR(commit());
  seconds_ += std::chrono::duration<double>(Clock::now() - start).count() - (merges_.seconds - merging);
  return {};
}

bool Writer::is_due() const {
  return publication_->stored() >= options_.segment_messages || bytes_since_commit_ >= options_.segment_bytes ||
         Clock::now() - last_commit_ >= std::chrono::seconds(options_.commit_seconds);
}

// Before the archive's own commit: what a run killed in between left is replaced under the same number.
Status Writer::checkpoint_sinks() {
  ASSIGN_OR_RETURN(const uint64_t committed, target_.archive.commits());
  for (const auto& sink : target_.sinks) RETURN_IF_ERROR(sink->checkpoint(committed + 1));
  return {};
}

Status Writer::publish() {
  RETURN_IF_ERROR(read_.before_commit());
  for (const store::Lease& lease : leases_.of(uncommitted_)) RETURN_IF_ERROR(publication_->require_lease(lease));
  const uint64_t stored = publication_->stored();
  RETURN_IF_ERROR(publication_->publish());
  // What others stored since it was added.
  counts_.stored -= stored - publication_->stored();
  counts_.duplicates += stored - publication_->stored();
  for (const auto& [file, state] : uncommitted_) read_.committed(file, state);
  uncommitted_.clear();
  return {};
}

Status Writer::commit() {
  if (publication_ && !publication_->empty()) {
    if (publication_->stored() != 0) RETURN_IF_ERROR(checkpoint_sinks());
    if (target_.embedding != nullptr) RETURN_IF_ERROR(target_.embedding->flush());
    RETURN_IF_ERROR(publish());
    ++counts_.commits;
    claims_.forget(documents_end_);
  }
  publication_.reset();
  merge();
  bytes_since_commit_ = 0;
  last_commit_ = Clock::now();
  return {};
}

// Between two publications, while the workers go on. Segments that cannot be merged are no reason to stop reading mail.
void Writer::merge() {
  if (!options_.merge || !merges_.fault.empty() || stop_.stop_requested()) return;
  const auto start = Clock::now();
  const auto merged = target_.archive.merge_segments([this](const store::ReindexProgress&) -> Status {
    if (stop_.stop_requested()) return Error{Code::kCancelled, "stopped"};
    return {};
  });
  merges_.seconds += std::chrono::duration<double>(Clock::now() - start).count();
  if (merged.ok()) merges_.segments += *merged;
  if (!merged.ok() && merged.error().code != Code::kCancelled) merges_.fault = merged.error().message;
}

Status Writer::finish() {
  const auto start = Clock::now();
  const double merging = merges_.seconds;
  RETURN_IF_ERROR(commit());
  // Also what batches that were given up have embedded.
  if (target_.embedding != nullptr) RETURN_IF_ERROR(target_.embedding->flush());
  seconds_ += std::chrono::duration<double>(Clock::now() - start).count() - (merges_.seconds - merging);
  return {};
}

}  // namespace custos::pipeline
