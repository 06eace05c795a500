// A message after all stages: what the store keeps and sinks copy. Its texts are redacted by type.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "document/message.h"
#include "document/raw_document.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "document/token_list.h"

namespace custos::document {

struct Chunk {
  Span span;            // of its part's redacted text
  uint32_t part = 0;    // index into Record::parts
  uint32_t tokens = 0;  // of the embedding model
};

struct RecordPart {
  std::string number;
  std::string content_type;
  RedactedText name;
  uint64_t bytes = 0;
  Digest sha256;
  bool is_attachment = false;
  bool is_body = false;
  RedactedText text;
  std::vector<ReasonedSpan> removed;  // of the redacted text
  std::string language;
};

// 64-bit keys that join messages into threads: two messages that share a key, one owning it and one linking to it, or
// both linking to it, are of one thread. See stage/thread.
struct ThreadKeys {
  std::vector<uint64_t> own;    // what answers to this message will link to
  std::vector<uint64_t> links;  // what this message answers
};

struct Record {
  std::string id;
  std::string message_id;
  std::optional<Timestamp> date;
  std::vector<Participant> from, to, cc, bcc;  // names redacted; they stay in the catalog
  RedactedText subject;
  std::vector<std::string> in_reply_to, references;
  std::string list_id;
  std::string channel;
  std::vector<RecordPart> parts;
  RedactedText text;                // the body parts joined by "\n"
  TokenList tokens;                 // of `text`
  std::vector<Chunk> chunks;
  std::vector<float> vectors;       // of each chunk, one after the other; empty where nothing was embedded
  std::vector<std::string> defects;
  ThreadKeys thread_keys;

  Digest content_key;    // equal for copies of one message, whichever mailbox they are in; see stage/deduplicate
  std::string edrm_mih;  // EDRM message identification hash, empty without a Message-ID
  Digest raw_digest;     // BLAKE2b-256 of the raw bytes
  uint64_t raw_bytes = 0;
  RawKind raw_kind = RawKind::kMail;
  Place place;
  std::string flags;
};

}  // namespace custos::document
