// Bytes in, document::Message out: mail by GMime 3.2 behind our limits, and JSON lines for everything that is not mail.
//
// A message that is beyond a limit, or broken, is still a message: what could be read is there, and `defects` names
// what could not (docs/parsing.md lists the names). The original bytes are the archive's; nothing here has to keep
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "document/message.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same bytes may be read differently.
inline constexpr std::string_view kParseVersion = "parse-1";

struct ParseLimits {
  uint64_t raw_bytes_max = 1ULL << 31;  // of one message; more is an Error kLimit
  uint32_t parts_max = 1000;            // leaves, those of attached messages included; more: "too-many-parts"
  uint32_t depth_max = 32;              // multiparts and messages inside one another; more: "nesting-too-deep"
  uint32_t headers_max = 5000;          // fields of one header block; more: "headers-too-many"
  uint32_t header_bytes_max = 1 << 20;  // of one header block; more: "headers-too-large"
  uint32_t address_colons_max = 256;    // in one header field that holds addresses: groups nest by ":"
  uint32_t addresses_max = 20000;       // of From, To, Cc and Bcc each; more: "addresses-too-many"
  uint32_t references_max = 1000;       // message ids of References, and of In-Reply-To
  uint32_t text_bytes_max = 16U << 20;  // of one part, before and after decoding its charset: "text-truncated"
  uint32_t html_bytes_max = 4U << 20;   // of one part's HTML: "text-truncated"
  uint32_t html_depth_max = 256;        // elements inside one another; deeper tags are passed over: "html-too-deep"
  uint64_t html_tree_bytes_max = 256U << 20;  // memory for one HTML tree; beyond it only tags are stripped
  uint32_t attached_bytes_max = 64U << 20;    // of an attached message that is itself encoded, decoded to be read
  uint32_t json_depth_max = 64;               // of a JSON line
};

// Safe to use from several threads at once: GMime's parser keeps its state per message, and we keep none.
class MailParser {
 public:
  // kInvalidArgument where a limit is 0. Starts the GMime library, once in a process.
  [[nodiscard]] static Result<MailParser> create(const ParseLimits& limits);

  // An RFC 5322 message with MIME (RFC 2045-2049), without its mbox From_ line (one is passed over). Message::id stays
  // empty. kLimit where it is larger than raw_bytes_max.
  [[nodiscard]] Result<document::Message> parse(std::string_view raw) const;

 private:
  struct State;
  explicit MailParser(std::shared_ptr<const State> state) : state_(std::move(state)) {}

  std::shared_ptr<const State> state_;
};

// One JSON object (RFC 8259): {"id","text"} and, when there, "from", "to", "cc", "bcc", "date", "subject", "channel",
// "thread", "message_id", "in_reply_to", "references". A participant is "A <a@b>", a comma list of these, or
// {"name","address"}, alone or in an array; a date is RFC 3339, RFC 5322 or seconds since 1970; an id is a string or a
// number. kCorrupt names the reason and the byte where the line is not JSON, or the field that is missing.
[[nodiscard]] Result<document::Message> parse_record(std::string_view json_line, const ParseLimits& limits);

}  // namespace custos::stage
