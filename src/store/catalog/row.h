// Rows that the catalog keeps.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/digest.h"
#include "document/raw_document.h"
#include "store/block_sealer.h"
#include "store/entry.h"

namespace custos::store {

enum class LedgerStatus : uint8_t {  // on disk: never renumber
  kStored = 0,
  kDuplicate = 1,
  kFailed = 2,
  kSkipped = 3,
  kFailedSpan = 4,  // should have been a document; its bytes were not kept
};

// One item of a source. Its place is unique within (source, path, generation, begin).
struct LedgerRow {
  SourceId source{};
  document::Place place;
  uint64_t generation = 0;
  bool last = false;  // place.end is the size of the logical file
  LedgerStatus status = LedgerStatus::kSkipped;
  MessageKey message{};  // the stored one; for kStored and kDuplicate
  std::string reason;    // for the others
  // The rest is for documents: kStored, kDuplicate, kFailed.
  document::RawKind kind = document::RawKind::kMail;
  Digest raw_digest;
  uint64_t raw_bytes = 0;
  OriginalRef original;
  std::string flags;

  [[nodiscard]] bool has_document() const { return status <= LedgerStatus::kFailed; }
};

// A ledger row as a check meets it: by ascending (path_id, generation, begin).
struct LedgerEntry {
  int64_t path_id = 0;
  LedgerRow row;
};

// Segments are ranges of message keys that do not overlap: rows are in the order of keys.
struct SegmentRow {
  int64_t id = 0;
  std::string name;  // its folder in segments/; another one each time the segment is made anew
  MessageKey first{};
  MessageKey last{};
  uint64_t messages = 0;
  uint64_t chunks = 0;
  uint64_t vectors = 0;  // as many as chunks, or none
  uint64_t bytes = 0;
  Digest manifest;  // BLAKE2b-256 of MANIFEST.json
};

struct PackRow {
  uint32_t id = 0;
  uint64_t bytes = 0;  // committed; what follows in the file belongs to nobody
};

// Where a record stands.
struct RowRef {
  int64_t segment = 0;
  uint64_t row = 0;
};

struct MessageRow {
  MessageEntry entry;
  Digest content_key;
  RowRef where;
  std::string segment;  // the name of where.segment
};

// The catalog's numbers of those who take part in a message: ascending, each once.
struct PersonNumbers {
  std::vector<uint64_t> from;
  std::vector<uint64_t> to;  // To, Cc and Bcc
};

}  // namespace custos::store
