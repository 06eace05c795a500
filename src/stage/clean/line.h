// A text as lines, each with its quote marks counted and its kind told from its first bytes, in one pass.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/message.h"

namespace custos::stage::clean {

// Lines looked at; what comes behind them is one more line of plain text.
inline constexpr size_t kLinesMax = 1 << 20;
// Longer lines are plain text: no client writes an attribution or header of that length.
inline constexpr size_t kStructuredBytesMax = 2000;

enum class LineKind : uint8_t {
  kBlank,
  kText,
  kField,       // "From: …", "Gesendet: …": see HeaderField
  kColonEnd,    // ends with ":" and is no field: perhaps an attribution's last line
  kOriginal,    // "-----Original Message-----"
  kForwarded,   // "Begin forwarded message:", "--- Forwarded by X on … ---"
  kForwardEnd,  // "----- End forwarded message -----"
  kReplyAbove,  // "##- Please type your reply above this line -##"
  kRule,        // at least five of "_", "-", "=" or "*" and nothing else
  kDelimiter,   // "-- ": RFC 3676 section 4.3
};

enum class HeaderField : uint8_t { kNone, kFrom, kDate, kTo, kCc, kSubject, kOther };

// How a line is marked as quoted.
enum class Mark : uint8_t {
  kNone,
  kAngle,     // "> "
  kInitials,  // "JD> "
  kBar,       // "| " or ": "
};

// What becomes of a line; the first values are document::SpanReason's.
enum class Fate : uint8_t { kQuoted, kAttribution, kForwarded, kSignature, kDisclaimer, kListFooter, kAuthored };

struct Line {
  uint32_t begin = 0;    // of the line
  uint32_t content = 0;  // behind quote marks and blanks
  uint32_t end = 0;      // before trailing blanks and the line end
  LineKind kind = LineKind::kText;
  HeaderField field = HeaderField::kNone;
  Mark mark = Mark::kNone;
  uint8_t depth = 0;  // of quote marks, at most 255
  Fate fate = Fate::kAuthored;

  [[nodiscard]] std::string_view text(std::string_view whole) const { return whole.substr(content, end - content); }
  [[nodiscard]] bool blank() const { return kind == LineKind::kBlank; }
};

using Lines = std::vector<Line>;

[[nodiscard]] Lines split_lines(std::string_view text);

// Where `line` has its kind from; also for content behind marks. REQUIRES: content is trimmed.
[[nodiscard]] LineKind classify(std::string_view content, HeaderField& field);

}  // namespace custos::stage::clean
