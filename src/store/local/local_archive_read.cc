// LocalArchive: reading.
#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "store/local/layout.h"
#include "store/local/local_archive.h"

namespace custos::store {
namespace {

constexpr size_t kBatch = 256;
constexpr size_t kThreadMessagesMax = 100'000;
constexpr size_t kPeopleMax = 100'000;
constexpr size_t kCandidatesNamed = 5;
constexpr int kReadAttempts = 5;  // each needs a merge or rebuild between the catalog's answer and ours

Error ambiguous(std::string_view what, const std::vector<StoredMessage>& found) {
  std::string names;
  for (size_t at = 0; at < std::min(found.size(), kCandidatesNamed); ++at) names += " " + found[at].id;
  const char* more = found.size() > kCandidatesNamed ? " and more" : "";
  return {Code::kConflict, fmt::format("several messages have that {}: use one of{}{}", what, names, more)};
}

std::string_view without_brackets(std::string_view name) {
  if (name.size() >= 2 && name.front() == '<' && name.back() == '>') return name.substr(1, name.size() - 2);
  return name;
}

}  // namespace

Result<std::optional<FileProgress>> LocalArchive::file_progress(SourceId source, const std::string& file) const {
  const std::scoped_lock lock(mutex_);
  return reader_->file_progress(source, file);
}

Result<std::optional<StoredMessage>> LocalArchive::find_by_content_key(const Digest& content_key) const {
  const std::scoped_lock lock(mutex_);
  return reader_->find_by_content_key(content_key);
}

Result<std::vector<bool>> LocalArchive::have_content_keys(std::span<const Digest> content_keys) const {
  const std::scoped_lock lock(mutex_);
  return reader_->have_content_keys(content_keys);
}

Result<std::optional<StoredMessage>> LocalArchive::find_by_raw_digest(const Digest& raw_digest) const {
  const std::scoped_lock lock(mutex_);
  return reader_->find_by_raw_digest(raw_digest);
}

Result<MessageEntry> LocalArchive::find_message(std::string_view name) const {
  const std::scoped_lock lock(mutex_);
  const auto entry = [&](MessageKey key) -> Result<MessageEntry> {
    ASSIGN_OR_RETURN(MessageRow row, reader_->message(key));
    return std::move(row.entry);
  };
  ASSIGN_OR_RETURN(const auto exact, reader_->find_by_id(name));
  if (exact) return entry(exact->key);
  ASSIGN_OR_RETURN(auto found, reader_->find_by_message_id(without_brackets(name), kCandidatesNamed + 1));
  if (found.size() > 1) return ambiguous("Message-ID", found);
  if (found.empty() && !name.empty()) {
    ASSIGN_OR_RETURN(found, reader_->find_by_id_prefix(name, kCandidatesNamed + 1));
  }
  if (found.size() > 1) return ambiguous("beginning of an id", found);
  if (found.empty()) return Error{Code::kNotFound, "no message has that id or Message-ID"};
  return entry(found.front().key);
}

Result<MessageEntry> LocalArchive::message(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(MessageRow row, reader_->message(key));
  return std::move(row.entry);
}

Result<std::vector<MessageEntry>> LocalArchive::thread_of(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(auto entries, reader_->thread_of(key, kThreadMessagesMax + 1));
  if (entries.size() > kThreadMessagesMax) {
    return Error{Code::kLimit, fmt::format("the thread has more than {} messages", kThreadMessagesMax)};
  }
  return entries;
}

Result<uint64_t> LocalArchive::thread_size(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  return reader_->thread_size(key);
}

Result<std::vector<MessageKey>> LocalArchive::keys_of_thread(std::string_view thread) const {
  if (thread.starts_with('t')) {
    const std::scoped_lock lock(mutex_);
    ASSIGN_OR_RETURN(const auto first, reader_->find_by_id(thread.substr(1)));
    if (first) return reader_->keys_of_thread(first->key);
  }
  ASSIGN_OR_RETURN(const MessageEntry member, find_message(thread));
  const std::scoped_lock lock(mutex_);
  return reader_->keys_of_thread(member.key);
}

Result<std::vector<uint64_t>> LocalArchive::find_people(std::string_view text) const {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(std::vector<uint64_t> people, reader_->find_people(text, kPeopleMax + 1));
  if (people.size() <= kPeopleMax) return people;
  return Error{Code::kLimit, fmt::format("more than {} people have that name: say more of it", kPeopleMax)};
}

Result<SegmentList> LocalArchive::segment_list() const {
  const std::scoped_lock lock(mutex_);
  SegmentList list;
  ASSIGN_OR_RETURN(list.change, reader_->change_number());
  RETURN_IF_ERROR(reader_->begin_snapshot());
  const auto read = [&]() -> Status {
    ASSIGN_OR_RETURN(const int64_t last, reader_->last_segment_id());
    list.commit = static_cast<uint64_t>(last);
    ASSIGN_OR_RETURN(list.embedding_model, reader_->meta(kMetaEmbeddingModel));
    ASSIGN_OR_RETURN(list.rows, reader_->segments());
    return {};
  };
  const Status done = read();
  reader_->rollback();
  RETURN_IF_ERROR(done);
  return list;
}

Result<std::shared_ptr<const Snapshot>> LocalArchive::snapshot() const {
  const auto change = [this] {
    const std::scoped_lock lock(mutex_);
    return reader_->change_number();
  };
  const auto keys = [this](const SegmentRow& row) {
    const std::scoped_lock lock(mutex_);
    return reader_->keys_of_segment(row);
  };
  return snapshots_.get({change, [this] { return segment_list(); }, keys});
}

Result<document::Record> LocalArchive::record_of(MessageRow row) const {
  Result<document::Record> found = segments_.read(row.segment, row.where.row);
  for (int attempt = 1; !found.ok() && found.error().code == Code::kNotFound && attempt < kReadAttempts; ++attempt) {
    const std::string before = row.segment;
    {
      const std::scoped_lock lock(mutex_);
      ASSIGN_OR_RETURN(row, reader_->message(row.entry.key));
    }
    if (row.segment == before) break;
    found = segments_.read(row.segment, row.where.row);
  }
  if (!found.ok()) return found.error();
  document::Record record = *std::move(found);
  if (record.id != row.entry.id) {
    return Error{Code::kCorrupt, fmt::format("{} row {} is another message than the catalog says: run custos verify",
                                             row.segment, row.where.row)};
  }
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(Participants people, reader_->participants(row.entry.key));
  ASSIGN_OR_RETURN(LedgerRow ledger, reader_->stored_row(row.entry.key));
  record.from = std::move(people.from);
  record.to = std::move(people.to);
  record.cc = std::move(people.cc);
  record.bcc = std::move(people.bcc);
  record.place = std::move(ledger.place);
  record.flags = std::move(ledger.flags);
  return record;
}

Result<document::Record> LocalArchive::read_record(MessageKey key) const {
  MessageRow row;
  {
    const std::scoped_lock lock(mutex_);
    ASSIGN_OR_RETURN(row, reader_->message(key));
  }
  return record_of(std::move(row));
}

Result<Participants> LocalArchive::participants(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  return reader_->participants(key);
}

Result<MessageNumbers> LocalArchive::numbers_of(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(const LedgerRow row, reader_->stored_row(key));
  ASSIGN_OR_RETURN(PersonNumbers people, reader_->person_numbers(key));
  return MessageNumbers{row.source, std::move(people.from), std::move(people.to)};
}

Result<FoundPlace> LocalArchive::place_of(const LedgerRow& row) const {
  ASSIGN_OR_RETURN(std::string source, reader_->source_name(row.source));
  return FoundPlace{std::move(source), row.place,   row.generation, row.flags, row.status == LedgerStatus::kDuplicate,
                    row.raw_digest,    row.original};
}

Result<std::vector<FoundPlace>> LocalArchive::places(MessageKey key) const {
  const std::scoped_lock lock(mutex_);
  std::vector<FoundPlace> places;
  ASSIGN_OR_RETURN(const LedgerRow stored, reader_->stored_row(key));
  ASSIGN_OR_RETURN(FoundPlace first, place_of(stored));
  places.push_back(std::move(first));
  ASSIGN_OR_RETURN(const std::vector<LedgerRow> duplicates, reader_->duplicate_rows(key));
  for (const LedgerRow& row : duplicates) {
    ASSIGN_OR_RETURN(FoundPlace place, place_of(row));
    places.push_back(std::move(place));
  }
  return places;
}

Result<PackReader*> LocalArchive::pack_reader() const {
  {
    const std::scoped_lock lock(mutex_);
    if (packs_) return packs_.get();
  }
  ASSIGN_OR_RETURN(BlockSealer opener, sealer());
  const std::scoped_lock lock(mutex_);
  if (!packs_) packs_ = std::make_unique<PackReader>(*storage_, std::move(opener));
  return packs_.get();
}

Result<std::string> LocalArchive::read_original(const OriginalRef& original) const {
  ASSIGN_OR_RETURN(PackReader* const packs, pack_reader());
  return packs->read(original);
}

Result<StoredOriginal> LocalArchive::original_of(MessageKey key) const {
  StoredOriginal original;
  LedgerRow row;
  {
    const std::scoped_lock lock(mutex_);
    ASSIGN_OR_RETURN(original.id, reader_->public_id(key));
    ASSIGN_OR_RETURN(row, reader_->stored_row(key));
  }
  original.key = key;
  original.raw_digest = row.raw_digest;
  original.document = {row.kind, row.place, {}, row.flags};
  ASSIGN_OR_RETURN(original.document.bytes, read_original(row.original));
  if (blake2b(original.document.bytes) == row.raw_digest) return original;
  return Error{Code::kCorrupt,
               fmt::format("the original of {} at byte {} is not what the ledger says: run custos verify",
                           row.place.path, row.place.begin)};
}

Result<std::vector<MessageRow>> LocalArchive::messages_after(MessageKey after) const {
  const std::scoped_lock lock(mutex_);
  return reader_->messages_after(after, kBatch);
}

Status LocalArchive::for_each_message(const MessageVisitor& visit) const {
  MessageKey last{};
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<MessageRow> rows, messages_after(last));
    if (rows.empty()) return {};
    for (const MessageRow& row : rows) {
      ASSIGN_OR_RETURN(const document::Record record, record_of(row));
      RETURN_IF_ERROR(visit(row.entry, record));
    }
    last = rows.back().entry.key;
  }
}

Status LocalArchive::for_each_original(const OriginalVisitor& visit) const {
  MessageKey last{};
  while (true) {
    ASSIGN_OR_RETURN(const std::vector<MessageRow> rows, messages_after(last));
    if (rows.empty()) return {};
    for (const MessageRow& row : rows) {
      ASSIGN_OR_RETURN(StoredOriginal original, original_of(row.entry.key));
      RETURN_IF_ERROR(visit(std::move(original)));
    }
    last = rows.back().entry.key;
  }
}

Result<uint64_t> LocalArchive::commits() const {
  const std::scoped_lock lock(mutex_);
  ASSIGN_OR_RETURN(const int64_t last, reader_->last_segment_id());
  return static_cast<uint64_t>(last);
}

Result<ArchiveStatus> LocalArchive::status() const {
  const std::scoped_lock lock(mutex_);
  return reader_->status();
}

Result<std::vector<ReasonCount>> LocalArchive::reasons() const {
  const std::scoped_lock lock(mutex_);
  return reader_->reasons();
}

}  // namespace custos::store
