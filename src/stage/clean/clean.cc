#include "stage/clean/clean.h"

#include <cassert>
#include <limits>

#include "stage/clean/blocks.h"
#include "stage/clean/ending.h"
#include "stage/clean/fold.h"
#include "stage/clean/line.h"

namespace custos::stage {
namespace {

using clean::Fate;
using clean::Line;
using clean::Lines;

constexpr size_t kOpeningsMax = 1000;
constexpr size_t kOpeningBytesMax = 200;

document::SpanReason reason_of(Fate fate) {
  switch (fate) {
    case Fate::kQuoted:
      return document::SpanReason::kQuoted;
    case Fate::kAttribution:
      return document::SpanReason::kAttribution;
    case Fate::kForwarded:
      return document::SpanReason::kForwarded;
    case Fate::kSignature:
      return document::SpanReason::kSignature;
    case Fate::kDisclaimer:
      return document::SpanReason::kDisclaimer;
    case Fate::kListFooter:
      return document::SpanReason::kListFooter;
    case Fate::kAuthored:
      break;
  }
  assert(false);
  return document::SpanReason::kQuoted;
}

// Blank lines between two removed lines, or behind the last, say nothing: they go with what is above them.
void absorb_blanks(Lines& lines) {
  for (size_t at = 1; at < lines.size(); ++at) {
    if (!lines[at].blank() || lines[at].fate != Fate::kAuthored || lines[at - 1].fate == Fate::kAuthored) continue;
    size_t next = at;
    while (next < lines.size() && lines[next].blank() && lines[next].fate == Fate::kAuthored) ++next;
    if (next < lines.size() && lines[next].fate == Fate::kAuthored) {
      at = next;
      continue;
    }
    for (size_t i = at; i < next; ++i) lines[i].fate = lines[at - 1].fate;
  }
}

std::vector<document::ReasonedSpan> spans_of(const Lines& lines, size_t size) {
  std::vector<document::ReasonedSpan> spans;
  for (size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].fate == Fate::kAuthored) continue;
    const uint32_t end = at + 1 < lines.size() ? lines[at + 1].begin : static_cast<uint32_t>(size);
    const document::SpanReason reason = reason_of(lines[at].fate);
    if (!spans.empty() && spans.back().span.end == lines[at].begin && spans.back().reason == reason) {
      spans.back().span.end = end;
    } else {
      spans.push_back({{lines[at].begin, end}, reason});
    }
  }
  return spans;
}

bool is_forward_subject(std::string_view subject) {
  static constexpr std::string_view kPrefixes[] = {"fwd:",    "fw:", "wg:", "tr :", "tr:", "rv:",     "i:",    "enc:",
                                                   "doorst:", "vs:", "vb:", "vl:",  "pd:", "пересл:", "转发:", "轉寄:"};
  return clean::starts_with_any(clean::folded(clean::trimmed(subject), 40), kPrefixes);
}

}  // namespace

struct Cleaner::Rules {
  CleanOptions options;
  std::vector<std::string> disclaimer_openings;  // folded
};

Result<Cleaner> Cleaner::create(CleanOptions options) {
  if (options.disclaimer_openings.size() > kOpeningsMax) {
    return Error{Code::kInvalidArgument, "more than 1000 disclaimer openings: shorten the list"};
  }
  auto rules = std::make_shared<Rules>();
  for (const std::string& opening : options.disclaimer_openings) {
    std::string phrase = clean::folded(clean::trimmed(opening));
    if (phrase.empty() || phrase.size() > kOpeningBytesMax) {
      return Error{Code::kInvalidArgument, "a disclaimer opening must have 1 to 200 bytes"};
    }
    rules->disclaimer_openings.push_back(std::move(phrase));
  }
  rules->options = std::move(options);
  return Cleaner(std::move(rules));
}

std::vector<document::ReasonedSpan> Cleaner::find_removed(std::string_view text, const CleanHints& hints) const {
  assert(text.size() <= std::numeric_limits<uint32_t>::max());
  Lines lines = clean::split_lines(text);
  clean::settle_marks(text, lines);
  clean::label_blocks(text, hints, lines);
  if (rules_->options.find_disclaimers) clean::label_disclaimers(text, rules_->disclaimer_openings, lines);
  clean::label_ending(text, rules_->options, hints, lines);
  absorb_blanks(lines);
  return spans_of(lines, text.size());
}

CleanHints clean_hints(const document::Message& message, bool from_html) {
  CleanHints hints;
  hints.from_html = from_html;
  hints.has_list_id = !message.list_id.empty();
  hints.is_forward = is_forward_subject(message.subject);
  if (!message.from.empty()) {
    hints.sender_name = message.from.front().name;
    hints.sender_address = message.from.front().address;
  }
  return hints;
}

}  // namespace custos::stage
