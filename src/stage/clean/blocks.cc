#include "stage/clean/blocks.h"

#include <optional>

#include "stage/clean/attribution.h"
#include "stage/clean/fold.h"
#include "stage/clean/header_block.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kGapLinesMax = 3;  // blank lines between a separator and its header, or an attribution and its quote

// Lines [first, last] that introduce another message.
struct Opening {
  size_t first = 0;
  size_t last = 0;
  bool forwarded = false;
};

class BlockLabeller {
 public:
  BlockLabeller(std::string_view text, const CleanHints& hints, Lines& lines)
      : text_(text), hints_(hints), lines_(lines) {}

  void run() {
    for (size_t at = 0; at < lines_.size();) at = step(at);
    join_quotes();
  }

 private:
  // Labels from line `at` on and returns the next line to look at.
  size_t step(size_t at) {
    Line& line = lines_[at];
    if (is_marked(line)) {
      line.fate = rest_ == Fate::kAuthored ? Fate::kQuoted : rest_;
      floor_ = at + 1;
      return at + 1;
    }
    if (line.kind == LineKind::kForwardEnd && rest_ == Fate::kForwarded) return end_forward(at);
    const std::optional<Opening> opening = opening_at(at);
    if (!opening) {
      line.fate = rest_;
      return at + 1;
    }
    return open(*opening);
  }

  size_t open(const Opening& opening) {
    for (size_t i = opening.first; i <= opening.last; ++i) lines_[i].fate = Fate::kAttribution;
    floor_ = opening.last + 1;
    const size_t body = next_text(lines_, floor_);
    const bool marked = body < lines_.size() && is_marked(lines_[body]);
    if (marked && rest_ == Fate::kAuthored) {
      for (size_t i = floor_; i < body; ++i) lines_[i].fate = Fate::kAttribution;
      return body;
    }
    const bool forwarded = opening.forwarded || (hints_.is_forward && rest_ == Fate::kAuthored);
    if (rest_ != Fate::kForwarded) rest_ = forwarded ? Fate::kForwarded : Fate::kQuoted;
    return floor_;
  }

  size_t end_forward(size_t at) {
    lines_[at].fate = Fate::kAttribution;
    rest_ = Fate::kAuthored;
    floor_ = at + 1;
    return at + 1;
  }

  std::optional<Opening> opening_at(size_t at) {
    switch (lines_[at].kind) {
      case LineKind::kOriginal:
        return separator(at, false);
      case LineKind::kForwarded:
        return separator(at, true);
      case LineKind::kReplyAbove:
        return Opening{at, at, false};
      case LineKind::kRule:
        return ruled(at);
      case LineKind::kField:
        return headed(at);
      case LineKind::kColonEnd:
        return attributed(at);
      case LineKind::kText:
        return may_end_attribution(at) ? attributed(at) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

  // "-----Original Message-----" with or without a header below.
  std::optional<Opening> separator(size_t at, bool forwarded) {
    const size_t last = separator_end(at);
    const size_t below = next_text(lines_, last + 1);
    const auto header = below <= last + kGapLinesMax ? header_below(below, last + 1) : std::nullopt;
    if (header) return Opening{at, header->last, forwarded};
    const std::string_view line = lines_[at].text(text_);
    const bool dashed =
        line.starts_with("--") || line.starts_with("__") || line.starts_with("==") || line.starts_with("**");
    const bool marked = below < lines_.size() && is_marked(lines_[below]);
    if (!dashed && !marked) return std::nullopt;
    return Opening{at, last, forwarded};
  }

  // "--- Forwarded by X on 06/03/2024" is wrapped: "10:05 AM ---".
  size_t separator_end(size_t at) {
    if (lines_[at].text(text_).ends_with('-') || !lines_[at].text(text_).starts_with('-')) return at;
    for (size_t last = at + 1; last <= at + 2 && last < lines_.size(); ++last) {
      if (lines_[last].blank()) break;
      if (lines_[last].text(text_).ends_with("--")) return last;
    }
    return at;
  }

  // A header that follows a separator; Lotus Notes puts up to four unlabelled lines before its first label.
  std::optional<HeaderBlock> header_below(size_t at, size_t floor) {
    size_t label = at;
    while (label < lines_.size() && label < at + 7 && lines_[label].kind != LineKind::kField) {
      const LineKind kind = lines_[label].kind;
      if (is_marked(lines_[label]) || kind == LineKind::kForwarded || kind == LineKind::kOriginal) return std::nullopt;
      ++label;
    }
    if (label >= lines_.size() || lines_[label].kind != LineKind::kField || is_marked(lines_[label]))
      return std::nullopt;
    const auto header = header_block_at(text_, lines_, label, floor, label == at);
    return header && header->first <= next_text(lines_, at) + 2 ? header : std::nullopt;
  }

  // A line of underscores or dashes above a header, as Outlook and Exchange write it.
  std::optional<Opening> ruled(size_t at) {
    const size_t below = next_text(lines_, at + 1);
    if (below > at + kGapLinesMax || below >= lines_.size() || lines_[below].kind != LineKind::kField)
      return std::nullopt;
    if (is_marked(lines_[below]) || lines_[below].field != HeaderField::kFrom) return std::nullopt;
    const auto header = header_block_at(text_, lines_, below, at + 1, true);
    if (!header) return std::nullopt;
    return Opening{at, header->last, false};
  }

  std::optional<Opening> headed(size_t at) {
    const HeaderField field = lines_[at].field;
    if (field == HeaderField::kOther || field == HeaderField::kCc) return std::nullopt;
    const auto header = header_block_at(text_, lines_, at, floor_, false);
    if (!header) return std::nullopt;
    return Opening{header->first, header->last, false};
  }

  // Gmail's old "2011/10/7 Ada <ada@example.org>" and Zoho's "---- On … wrote ----" have no colon.
  bool may_end_attribution(size_t at) {
    const std::string_view line = lines_[at].text(text_);
    if (line.size() > kAttributionBytesMax) return false;
    return (line.ends_with('>') && is_digit(line[0])) || (line.ends_with("----") && line.starts_with("----"));
  }

  std::optional<Opening> attributed(size_t at) {
    const Attribution found = attribution_ending_at(text_, lines_, at);
    if (found.strength == Strength::kNone || found.first < floor_) return std::nullopt;
    const size_t below = next_text(lines_, at + 1);
    const bool marked = below < lines_.size() && below <= at + 1 + kGapLinesMax + 1 && is_marked(lines_[below]);
    if (found.strength != Strength::kStrong && !marked) return std::nullopt;
    return Opening{found.first, at, false};
  }

  // Blank lines between two quoted lines are the quote's.
  void join_quotes() {
    for (size_t at = 0; at < lines_.size();) {
      const size_t next = next_text(lines_, at);
      const bool between = next > at && next < lines_.size() && at > 0 && is_removed(at - 1) && is_removed(next);
      for (size_t i = at; between && i < next; ++i) lines_[i].fate = lines_[at - 1].fate;
      at = next + 1;
    }
  }
  bool is_removed(size_t at) const { return lines_[at].fate != Fate::kAuthored; }

  std::string_view text_;
  const CleanHints& hints_;
  Lines& lines_;
  Fate rest_ = Fate::kAuthored;  // of lines that nothing else labels: a message quoted without marks runs to the end
  size_t floor_ = 0;             // lines before it are labelled for good
};

}  // namespace

void label_blocks(std::string_view text, const CleanHints& hints, Lines& lines) {
  BlockLabeller(text, hints, lines).run();
}

}  // namespace custos::stage::clean
