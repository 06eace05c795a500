// What the catalog says of messages, files and counts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "document/message.h"
#include "document/raw_document.h"
#include "store/block_sealer.h"

namespace custos::store {

enum class SourceId : int64_t {};
// A stored message; ascending in the order of ingestion, never used again.
enum class MessageKey : int64_t {};

// How far a file on disk was read. The same fields as source::FileState, which says what they mean.
struct FileProgress {
  uint64_t size = 0;
  int64_t modified_ns = 0;
  uint64_t head_bytes = 0;
  uint64_t head_hash = 0;
  uint64_t resume = 0;
  uint64_t generation = 0;
  bool complete = false;

  bool operator==(const FileProgress&) const = default;
};

// Enough to name a message that is stored already.
struct StoredMessage {
  MessageKey key{};
  std::string id;
  Digest content_key;
};

// One line of a message list: what threading and listing need, without reading a segment.
struct MessageEntry {
  MessageKey key{};
  std::string id;
  std::string message_id;
  std::vector<std::string> in_reply_to;
  std::vector<std::string> references;  // at most 64 are kept: the first and the last ones
  std::string subject;                  // redacted
  std::optional<document::Timestamp> date;
  std::string thread;  // "t" + the id of its earliest ingested message
};

struct Participants {
  std::vector<document::Participant> from, to, cc, bcc;
};

// A message in numbers alone: what other stores may know of it.
struct MessageNumbers {
  SourceId source{};           // of the stored copy
  std::vector<uint64_t> from;  // persons, ascending
  std::vector<uint64_t> to;    // To, Cc and Bcc
};

// One place where a message was found: the stored copy first, then its duplicates.
struct FoundPlace {
  std::string source;  // as registered
  document::Place place;
  uint64_t generation = 0;
  std::string flags;
  bool is_duplicate = false;
  Digest raw_digest;
  OriginalRef original;
};

// A stored message's original with what a source once said of it: what rebuild parses anew.
struct StoredOriginal {
  MessageKey key{};
  std::string id;
  document::RawDocument document;
  Digest raw_digest;
};

// found = stored + duplicates + failed.
struct ArchiveStatus {
  uint64_t found = 0;  // documents that sources yielded
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t failed = 0;   // with a reason in the ledger
  uint64_t skipped = 0;  // spans that are not documents
  uint64_t threads = 0;
  uint64_t chunks = 0;
  uint64_t vectors = 0;
  uint64_t bytes = 0;  // of the documents found
  uint64_t segments = 0;
};

// A reason and how many ledger rows have it.
struct ReasonCount {
  std::string reason;
  bool failed = false;
  uint64_t count = 0;
};

}  // namespace custos::store
