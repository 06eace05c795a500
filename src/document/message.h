// A parsed message, before redaction: personal data is in here, so it goes to stages and to nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "document/span.h"

namespace custos::document {

// RFC 5322 mailbox. Business data of the archive: it stays in the catalog.
struct Participant {
  std::string name;     // decoded, may be empty
  std::string address;  // lower-cased domain; whatever was there when it is not an address

  bool operator==(const Participant&) const = default;
};

struct Timestamp {
  int64_t utc_seconds = 0;     // since 1970-01-01T00:00:00Z
  int32_t offset_minutes = 0;  // as the sender wrote it: +0530 is 330

  bool operator==(const Timestamp&) const = default;
  // RFC 3339 in UTC: "2024-05-14T12:00:00Z".
  [[nodiscard]] std::string rfc3339() const;
  // "+05:30".
  [[nodiscard]] std::string offset() const;
};

// Why a span is not what this author wrote in this message.
enum class SpanReason : uint8_t {
  kQuoted,       // earlier mail, quoted ("> …", or below a client's header block)
  kAttribution,  // the line or block that introduces it ("On … wrote:", "-----Original Message-----", "From: …")
  kForwarded,    // a forwarded message
  kSignature,
  kDisclaimer,
  kListFooter,
};
[[nodiscard]] const char* span_reason_name(SpanReason reason);  // "quoted", "attribution", …

struct ReasonedSpan {
  Span span;
  SpanReason reason = SpanReason::kQuoted;

  bool operator==(const ReasonedSpan&) const = default;
};

// The complement of `removed` in a text of `size` bytes. REQUIRES: removed ascending, not overlapping.
[[nodiscard]] std::vector<Span> authored_spans(const std::vector<ReasonedSpan>& removed, uint32_t size);

// A leaf of the MIME tree.
struct Part {
  std::string number;        // IMAP's part number: "1", "2.1"
  std::string content_type;  // lower-case "type/subtype"
  std::string charset;       // as labelled, lower-case, may be empty
  std::string name;          // file name, decoded, may be empty
  uint64_t bytes = 0;        // decoded size
  Digest sha256;             // of the decoded bytes
  bool is_attachment = false;
  bool is_body = false;  // belongs to the text that a reader sees first
  std::string text;      // UTF-8, "\n" line ends, no NUL; empty where the part is not text

  // Filled by later stages.
  std::vector<ReasonedSpan> removed;  // of `text`; by clean
  std::string language;               // ISO 639-1, "" where unknown; by language
};

struct Message {
  std::string id;          // the archive's id: JSON lines keep theirs, mail gets one from its content
  std::string message_id;  // RFC 5322, without angle brackets; empty where missing
  std::optional<Timestamp> date;
  std::vector<Participant> from, to, cc, bcc;
  std::string subject;                   // decoded
  std::vector<std::string> in_reply_to;  // message ids without brackets
  std::vector<std::string> references;
  std::string list_id;               // RFC 2919, may be empty
  std::string channel;               // "mail", or what a JSON line says
  std::string thread_hint;           // a JSON line's "thread"
  std::vector<Part> parts;           // leaves in order
  std::vector<std::string> defects;  // names without content: "missing-date", "broken-base64", sorted, unique

  // The body parts' texts joined by "\n".
  [[nodiscard]] std::string text() const;
  // Authored spans over text(): what clean left of each body part.
  [[nodiscard]] std::vector<Span> authored() const;
};

}  // namespace custos::document
