// One batch on its way into the archive: everything that is added becomes visible at once by publish(), or not at all.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/raw_document.h"
#include "document/record.h"
#include "store/block_sealer.h"
#include "store/entry.h"
#include "store/work.h"

namespace custos::store {

class VectorStore;

// More messages than this in one publication are refused with kLimit: it bounds memory.
inline constexpr uint64_t kPublicationMessagesMax = 65536;

struct PublicationOptions {
  // Goes into MANIFEST.json and the Parquet metadata: version of every stage, model and setting.
  std::vector<std::pair<std::string, std::string>> versions;
  bool index_subject = true;
  std::string embedding_model;  // version of the model that made Record::vectors; "" where nothing is embedded
  uint32_t embedding_width = 0;
  // Gets the vectors of what is stored before it is committed, so that nothing committed is ever missing there. What is
  // not committed after all may stay, and is never found. Null: none does. It outlives the publication.
  VectorStore* vectors = nullptr;
};

// Where an item comes from, beside its document::Place.
struct Origin {
  SourceId source{};
  uint64_t generation = 0;         // of the file, from its state after the item
  bool ends_logical_file = false;  // the place's end is the size of its path
};

// A document that could not be processed: it is kept, with the reason.
struct FailedDocument {
  document::RawKind kind = document::RawKind::kMail;
  document::Place place;
  std::string flags;
  Digest raw_digest;  // BLAKE2b-256 of the bytes
  uint64_t raw_bytes = 0;
  std::string reason;  // never message content
};

enum class Outcome {
  kStored,
  kDuplicate,  // of a message that is stored, by content key
  kReplayed,   // the ledger has this very place with the same bytes: nothing was done
  kChanged,    // the ledger has this place with other bytes: the file was changed under us; nothing was done. Report it
};

struct Added {
  Outcome outcome = Outcome::kStored;
  MessageKey key{};  // of the stored message, also for duplicates; none for kChanged and failed ones
  std::string id;    // its public id
};

// What will be added next, for looking it up ahead.
struct Expected {
  Digest content_key;
  std::string id;  // "": no message, only a row of the ledger
  SourceId source{};
  document::Place place;
  uint64_t generation = 0;
  const document::Record* record = nullptr;  // of a message that seems new: its participants are numbered
};

// For one thread. At most one is open for an archive. Dropping it unpublished leaves the archive as it was. After any
// error it can only be dropped.
class Publication {
 public:
  virtual ~Publication() = default;

  // Appends to the current pack. Blocks come before the messages that lie in them.
  [[nodiscard]] virtual Result<BlockRef> add_block(const SealedBlock& block) = 0;

  // Stores the record, or notes it as a duplicate where a message with its content_key is stored or was added. Only a
  // record that turns out new needs more than content_key, raw_* , place and flags: is_new() tells beforehand. Where
  // another message has its id, record.id gets "~" and eight hex digits of the content key, and the defect
  // "id-conflict".
  [[nodiscard]] virtual Result<Added> add_message(document::Record& record, const Origin& origin,
                                                  const OriginalRef& original) = 0;
  // Whether add_message would store it: no message in the catalog or in this publication has the content key.
  [[nodiscard]] virtual Result<bool> is_new(const Digest& content_key) = 0;
  // Spares round trips where the catalog is on another machine; changes nothing else. Each call forgets the one before.
  [[nodiscard]] virtual Status expect(std::span<const Expected> expected) = 0;

  [[nodiscard]] virtual Result<Outcome> add_failed(const FailedDocument& document, const Origin& origin,
                                                   const OriginalRef& original) = 0;
  // A span without a document; `failed` ones count as found and failed.
  [[nodiscard]] virtual Result<Outcome> add_skipped(const document::SkippedSpan& span, const Origin& origin) = 0;
  // The last one for a file counts.
  [[nodiscard]] virtual Status set_file_progress(SourceId source, const std::string& file,
                                                 const FileProgress& progress) = 0;

  // publish() fails with kConflict, naming the lease, where another one has it by then or its time is over.
  [[nodiscard]] virtual Status require_lease(const Lease& lease) = 0;

  // Messages stored so far in this publication (not duplicates). publish() may make it less: what others stored
  // meanwhile are duplicates.
  [[nodiscard]] virtual uint64_t stored() const = 0;
  // Any row or progress at all.
  [[nodiscard]] virtual bool empty() const = 0;

  // Syncs originals and segment, then commits one catalog transaction. When it returns, all of it is durable. A batch
  // without stored messages makes no segment. Call once.
  [[nodiscard]] virtual Status publish() = 0;
};

// Writes every stored message anew from its original; the old segments stay in force until finish().
class Rebuild {
 public:
  virtual ~Rebuild() = default;
  // In ascending order of keys, each stored message once. Keys, ids and places stay; all else is replaced.
  [[nodiscard]] virtual Status add(MessageKey key, document::Record& record) = 0;
  // Replaces all segments, threads and participants in one transaction, then deletes the old folders. kConflict when
  // messages are missing. Call once.
  [[nodiscard]] virtual Status finish() = 0;
};

}  // namespace custos::store
