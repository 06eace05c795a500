// Finds what the author did not write in this message: quoted history, forwarded mail, signatures, disclaimers,
// footers.
//
// Nothing is deleted: the result is spans over the text, each with its reason, and the authored text is their
// complement. Where the signs are weak the text stays authored: taking an author's words away is worse than leaving a
// signature. docs/cleaning.md says which forms are known and how each is told from prose.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/message.h"
#include "document/span.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same text may get other spans.
inline constexpr std::string_view kCleanVersion = "clean-1";

struct CleanOptions {
  bool find_signatures = true;
  bool find_disclaimers = true;
  bool find_list_footers = true;
  // Lines beginning with one of these words, case ignored, open a disclaimer that runs to the end of the text: a firm's
  // own notice that the built-in table does not know. At most 1,000 of at most 200 bytes.
  std::vector<std::string> disclaimer_openings;
};

// What the message's header says that helps to read its body. All may be left empty.
struct CleanHints {
  bool from_html = false;           // the text was made from HTML: quotes may have lost their ">"
  bool has_list_id = false;         // RFC 2919 List-Id: weaker signs are enough for a list footer
  bool is_forward = false;          // the subject begins with Fwd:, WG:, TR: …
  std::string_view sender_name;     // "Ada Lovelace": a last line with this name is a signature
  std::string_view sender_address;  // "ada@example.org"
};
// Fills the hints that a message gives. The views live as long as `message`.
[[nodiscard]] CleanHints clean_hints(const document::Message& message, bool from_html);

// One quoted or forwarded message inside a text.
struct QuotedBlock {
  document::Span body;  // its text, after its attribution or header block; holds any message quoted in it in turn
  uint32_t depth = 1;   // 1: what this message quotes; 2: what that one quoted; …
  std::string subject;  // where its header block has a subject line, else empty
  std::string sender;   // what its attribution or From line says, else empty
};

// Immutable and safe to use from many threads.
class Cleaner {
 public:
  // kInvalidArgument where the options are out of their limits.
  [[nodiscard]] static Result<Cleaner> create(CleanOptions options);

  // Ascending, not overlapping, at line boundaries (each span begins a line and ends after a "\n" or at the end), over
  // `text`. Any bytes are taken; lines end with "\n" ("\r\n" is understood). Linear in text.size().
  // REQUIRES: text.size() < 2^32.
  [[nodiscard]] std::vector<document::ReasonedSpan> find_removed(std::string_view text, const CleanHints& hints) const;

 private:
  struct Rules;
  explicit Cleaner(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;
};

// The messages quoted in `text`, outermost first, from the spans that find_removed gave for it. At most 64. The lines
// of a body may carry ">" marks.
[[nodiscard]] std::vector<QuotedBlock> quoted_blocks(std::string_view text,
                                                     const std::vector<document::ReasonedSpan>& removed);

}  // namespace custos::stage
