// An archive: what its catalog names, in its storage.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/archive.h"
#include "store/catalog/catalog.h"
#include "store/local/snapshots.h"
#include "store/local/writer.h"
#include "store/originals/key_file.h"
#include "store/originals/pack_file.h"
#include "store/segment/segment_reader.h"
#include "store/storage/storage.h"

namespace custos::store {

class LocalArchive final : public Archive {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Archive>> open(const std::filesystem::path& folder,
                                                             const ArchiveOptions& options, bool for_writing);

  const std::string& id() const override { return id_; }
  const std::filesystem::path& folder() const override { return folder_; }
  const std::filesystem::path& key_file() const override { return key_file_; }
  Result<std::string> derived_key(std::string_view purpose) const override;
  Result<BlockSealer> sealer() const override;

  Result<SourceId> register_source(const std::string& name) override;
  Result<std::unique_ptr<Publication>> begin_publication(const PublicationOptions& options) override;
  Result<std::unique_ptr<Rebuild>> begin_rebuild(const PublicationOptions& options) override;
  Status reindex(const ReindexOptions& options, const ReindexObserver& observe) override;
  bool is_shared() const override { return !options_.catalog.empty(); }
  Result<std::unique_ptr<WorkQueue>> open_work_queue() const override;
  Result<MessageKey> horizon() const override;
  Result<uint64_t> merge_segments(const ReindexObserver& observe) override;

  Result<std::optional<FileProgress>> file_progress(SourceId source, const std::string& file) const override;
  Result<std::optional<StoredMessage>> find_by_content_key(const Digest& content_key) const override;
  Result<std::vector<bool>> have_content_keys(std::span<const Digest> content_keys) const override;
  Result<std::optional<StoredMessage>> find_by_raw_digest(const Digest& raw_digest) const override;

  Result<MessageEntry> find_message(std::string_view name) const override;
  Result<MessageEntry> message(MessageKey key) const override;
  Result<std::vector<MessageEntry>> thread_of(MessageKey key) const override;
  Result<uint64_t> thread_size(MessageKey key) const override;
  Result<document::Record> read_record(MessageKey key) const override;
  Result<Participants> participants(MessageKey key) const override;
  Result<MessageNumbers> numbers_of(MessageKey key) const override;
  Result<std::vector<FoundPlace>> places(MessageKey key) const override;
  Result<std::string> read_original(const OriginalRef& original) const override;
  Result<StoredOriginal> original_of(MessageKey key) const override;
  Status for_each_message(const MessageVisitor& visit) const override;
  Status for_each_original(const OriginalVisitor& visit) const override;
  Result<std::shared_ptr<const Snapshot>> snapshot() const override;
  Result<std::vector<uint64_t>> find_people(std::string_view text) const override;
  Result<std::vector<MessageKey>> keys_of_thread(std::string_view thread) const override;
  Result<uint64_t> commits() const override;
  Result<ArchiveStatus> status() const override;
  Result<std::vector<ReasonCount>> reasons() const override;
  Result<VerifyReport> verify(const VerifyOptions& options, const VerifyProgress& progress) const override;

 private:
  LocalArchive(std::filesystem::path folder, ArchiveOptions options, std::unique_ptr<Storage> storage);
  Status read_identity();
  Status open_writer();
  Result<PackWriter> open_packs(Catalog& catalog) const;
  Result<MasterKey> load_key() const;
  Result<PackReader*> pack_reader() const;
  Result<document::Record> record_of(MessageRow row) const;
  Result<FoundPlace> place_of(const LedgerRow& row) const;
  Result<SegmentList> segment_list() const;
  Result<std::vector<MessageRow>> messages_after(MessageKey after) const;

  const std::filesystem::path folder_;
  const ArchiveOptions options_;
  const std::unique_ptr<Storage> storage_;
  std::string id_;
  std::filesystem::path key_file_;
  std::string key_check_;
  mutable std::mutex mutex_;  // of reader_ and packs_
  std::unique_ptr<Catalog> reader_;
  mutable std::unique_ptr<PackReader> packs_;
  mutable SegmentReader segments_;
  mutable Snapshots snapshots_;
  std::unique_ptr<Writer> writer_;
};

}  // namespace custos::store
