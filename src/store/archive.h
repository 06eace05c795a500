// Here is an id, gimme the document. An archive on disk: catalog, originals, segments (docs/archive-format.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "client/s3.h"
#include "document/record.h"
#include "store/block_sealer.h"
#include "store/entry.h"
#include "store/publication.h"
#include "store/reindex.h"
#include "store/snapshot.h"
#include "store/verify.h"
#include "store/work.h"

namespace custos::store {

struct ArchiveOptions {
  // The key of the originals; never inside the archive. Empty: $CUSTOS_KEYS/<archive id>.key, else
  // $XDG_DATA_HOME/custos/keys/<archive id>.key, else ~/.local/share/custos/keys/<archive id>.key.
  std::filesystem::path key_file;
  uint64_t pack_bytes_max = 1ULL << 30;  // a new pack is begun beyond it

  // An archive that many machines write to and read; both empty: all is in the archive's folder, for one writer.
  std::string catalog;            // "postgresql://user@host/database"; the password comes from PGPASSWORD or ~/.pgpass
  std::string schema = "custos";  // of the database: one for each archive
  std::string storage;            // "s3://bucket/prefix", or "file:///folder" that is mounted everywhere
  client::S3Options s3;           // of a storage in S3
  // Originals in S3 cannot be removed for so many days after they were stored, by nobody, or (governance) by nobody
  // without the right to; 0: they are not locked. The bucket must have been made with object lock.
  uint32_t lock_days = 0;
  client::S3Lock::Mode lock_mode = client::S3Lock::Mode::kGovernance;
  uint64_t cache_bytes_max = 20ULL << 30;  // of copies of segments in ARCHIVE/cache
};

// Called for each message in the order of ingestion; an error stops and is handed on.
using MessageVisitor = std::function<Status(const MessageEntry&, const document::Record&)>;
using OriginalVisitor = std::function<Status(StoredOriginal)>;

// Reads may come from many threads at once, also while a publication is open; they see what was published.
class Archive {
 public:
  virtual ~Archive() = default;

  // Makes the folder, an empty catalog and a key. `config` becomes custos.toml. kConflict where there is an archive
  // already, kInvalidArgument where the folder has other things in it. An existing key_file is used as it is.
  [[nodiscard]] static Status create(const std::filesystem::path& folder, const ArchiveOptions& options,
                                     std::string_view config);
  // A folder from which an archive that is shared is used: another machine's, or a worker's. `config` becomes
  // custos.toml. kNotFound where options.catalog has no archive.
  [[nodiscard]] static Status join(const std::filesystem::path& folder, const ArchiveOptions& options,
                                   std::string_view config);
  // Whether `folder` can be opened as an archive. A shared one's options are in its custos.toml.
  [[nodiscard]] static bool exists(const std::filesystem::path& folder, const ArchiveOptions& options);
  // kNotFound: no archive there. kUnsupported: made by a newer version. Needs the key only for originals.
  [[nodiscard]] static Result<std::unique_ptr<Archive>> open_for_reading(const std::filesystem::path& folder,
                                                                         const ArchiveOptions& options);
  // Also kConflict, naming the process, while another one writes; kNotFound, naming the file, without the key. Cleans
  // up what an interrupted run left: pack bytes and segment folders that the catalog does not know.
  [[nodiscard]] static Result<std::unique_ptr<Archive>> open_for_writing(const std::filesystem::path& folder,
                                                                         const ArchiveOptions& options);

  [[nodiscard]] virtual const std::string& id() const = 0;  // 32 hex digits, random at create
  [[nodiscard]] virtual const std::filesystem::path& folder() const = 0;
  [[nodiscard]] virtual const std::filesystem::path& key_file() const = 0;
  // 32 bytes for one purpose ("pseudonym"), from the archive's key: the same each time, useless for any other purpose.
  [[nodiscard]] virtual Result<std::string> derived_key(std::string_view purpose) const = 0;
  [[nodiscard]] virtual Result<BlockSealer> sealer() const = 0;

  // -- Writing: REQUIRES open_for_writing, and no publication open for register_source.
  // `name` is the SOURCE's canonical absolute path; the same name gives the same id.
  [[nodiscard]] virtual Result<SourceId> register_source(const std::string& name) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Publication>> begin_publication(const PublicationOptions& options) = 0;
  // Only one publication or rebuild at a time.
  [[nodiscard]] virtual Result<std::unique_ptr<Rebuild>> begin_rebuild(const PublicationOptions& options) = 0;

  // Every segment anew. Postings: segment after segment, each in its own commit. Vectors: old and new side by side, the
  // new ones in force when all are there, in one commit; a run that was stopped goes on where it was. No publication
  // may be open.
  [[nodiscard]] virtual Status reindex(const ReindexOptions& options, const ReindexObserver& observe) = 0;
  // Small segments into larger ones, while there are kMergeFactor of about one size; gives how many went. Each merge is
  // one commit; an interrupted one leaves no trace. No publication may be open.
  [[nodiscard]] virtual Result<uint64_t> merge_segments(const ReindexObserver& observe) = 0;

  // Whether others may be writing at the same time.
  [[nodiscard]] virtual bool is_shared() const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<WorkQueue>> open_work_queue() const = 0;
  // Messages with lower keys were published before, or never will be: no open publication has any. The greatest key
  // where only one can write.
  [[nodiscard]] virtual Result<MessageKey> horizon() const = 0;

  // -- What earlier runs did
  // The number of the last commit that stored messages; it only grows. 0: none yet. For sinks' checkpoints.
  [[nodiscard]] virtual Result<uint64_t> commits() const = 0;
  [[nodiscard]] virtual Result<std::optional<FileProgress>> file_progress(SourceId source,
                                                                          const std::string& file) const = 0;
  [[nodiscard]] virtual Result<std::optional<StoredMessage>> find_by_content_key(const Digest& content_key) const = 0;
  // Of each key, whether a message has it: one question to a catalog that is on another machine.
  [[nodiscard]] virtual Result<std::vector<bool>> have_content_keys(std::span<const Digest> content_keys) const = 0;
  // Any message, stored or duplicate, with the same bytes: gives the stored one.
  [[nodiscard]] virtual Result<std::optional<StoredMessage>> find_by_raw_digest(const Digest& raw_digest) const = 0;

  // -- Reading
  // By id, by Message-ID (with or without brackets), or by the beginning of an id where only one has it. kNotFound;
  // kConflict names the candidates' number where a beginning or Message-ID is not unique.
  [[nodiscard]] virtual Result<MessageEntry> find_message(std::string_view name) const = 0;
  [[nodiscard]] virtual Result<MessageEntry> message(MessageKey key) const = 0;
  // All messages of the thread that `key` is in, in the order of ingestion; kLimit past 100,000.
  [[nodiscard]] virtual Result<std::vector<MessageEntry>> thread_of(MessageKey key) const = 0;
  [[nodiscard]] virtual Result<uint64_t> thread_size(MessageKey key) const = 0;
  // From its segment, with participants, and with the place of the stored copy.
  [[nodiscard]] virtual Result<document::Record> read_record(MessageKey key) const = 0;
  [[nodiscard]] virtual Result<Participants> participants(MessageKey key) const = 0;
  [[nodiscard]] virtual Result<MessageNumbers> numbers_of(MessageKey key) const = 0;
  [[nodiscard]] virtual Result<std::vector<FoundPlace>> places(MessageKey key) const = 0;
  [[nodiscard]] virtual Result<std::string> read_original(const OriginalRef& original) const = 0;
  [[nodiscard]] virtual Result<StoredOriginal> original_of(MessageKey key) const = 0;
  // Records come with participants and place. Sequential reading: the way to export.
  [[nodiscard]] virtual Status for_each_message(const MessageVisitor& visit) const = 0;
  // Ascending keys: what rebuild reads.
  [[nodiscard]] virtual Status for_each_original(const OriginalVisitor& visit) const = 0;
  // The same object until something is committed. kCorrupt names a segment whose index cannot be opened.
  [[nodiscard]] virtual Result<std::shared_ptr<const Snapshot>> snapshot() const = 0;
  // Numbers of the persons whose address or name has all of `text`'s words, each at the beginning of a word (cases and
  // accents do not count; "@enron.com" and "jane@" work), ascending; kLimit past 100,000.
  [[nodiscard]] virtual Result<std::vector<uint64_t>> find_people(std::string_view text) const = 0;
  // Keys of a thread's messages ("t…" or a message's id), ascending; kNotFound.
  [[nodiscard]] virtual Result<std::vector<MessageKey>> keys_of_thread(std::string_view thread) const = 0;
  [[nodiscard]] virtual Result<ArchiveStatus> status() const = 0;
  // Why documents failed or bytes were skipped, the most frequent reason first.
  [[nodiscard]] virtual Result<std::vector<ReasonCount>> reasons() const = 0;

  // Proves the whole archive. An error only where checking itself is impossible; faults are in the report.
  [[nodiscard]] virtual Result<VerifyReport> verify(const VerifyOptions& options,
                                                    const VerifyProgress& progress) const = 0;
};

}  // namespace custos::store
