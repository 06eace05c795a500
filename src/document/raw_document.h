// What a source yields: the bytes of one document and the place where they were found.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace custos::document {

// A place inside a SOURCE. The spans of all places of one file tile it: [0, size) without gap or overlap, so that the
// ledger can prove that no byte was passed over.
struct Place {
  std::string path;    // relative to SOURCE; members of containers as "box.tar/inner/path"; a file SOURCE: its name
  uint64_t begin = 0;  // bytes in that (decompressed) file, half open; includes an mbox's From_ line and separators
  uint64_t end = 0;

  bool operator==(const Place&) const = default;
};

enum class RawKind {
  kMail,    // an RFC 5322 message
  kRecord,  // one JSON object: {"id","text", …}
};

struct RawDocument {
  RawKind kind = RawKind::kMail;
  Place place;
  std::string bytes;  // without the From_ line; mboxrd quoting undone
  std::string flags;  // what the mailbox says of it: Maildir's letters sorted, as "RS"
};

// Bytes that are not a document, and why: "before the first From_ line", "not mail", "larger than 67108864 bytes".
struct SkippedSpan {
  Place place;
  std::string reason;
  bool failed = false;  // it should have been a document (unreadable, too large, encrypted): the run ends with exit 3
};

}  // namespace custos::document
