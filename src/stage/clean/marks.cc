#include <algorithm>

#include "stage/clean/attribution.h"
#include "stage/clean/blocks.h"
#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kReachLines = 3;       // how far apart two lines of one quote may be
constexpr size_t kWrapColumnsMin = 60;  // a quoted line at least this long may have been wrapped by a later client
constexpr size_t kStrayBytesMax = 40;

void unmark(std::string_view text, Line& line) {
  line.depth = 0;
  line.mark = Mark::kNone;
  const std::string_view content = trimmed(text.substr(line.begin, line.end - line.begin));
  line.content = content.empty() ? line.end : static_cast<uint32_t>(content.data() - text.data());
  line.kind = classify(content, line.field);
}

bool introduced(std::string_view text, const Lines& lines, size_t at) {
  size_t before = at;
  while (before > 0 && at - before < kReachLines && (before == at || lines[before].blank())) --before;
  if (before == at || lines[before].blank()) return false;
  if (lines[before].kind == LineKind::kOriginal || lines[before].kind == LineKind::kForwarded) return true;
  return attribution_ending_at(text, lines, before).strength != Strength::kNone;
}

// A quote of one line, alone in the whole text and not introduced: a sentence, or a command after a prompt?
bool reads_as_quote(std::string_view text, const Line& line) {
  if (line.depth > 1) return true;
  const std::string_view content = line.text(text);
  const bool spaced = line.begin + 1 < line.end && text[line.begin] == '>' && text[line.begin + 1] == ' ';
  return spaced && count_words(content) >= 3 && starts_upper(content) && content.find(" -") == std::string_view::npos;
}

// mboxo writes ">From " for a line that began with "From ".
bool is_escaped_from(std::string_view text, const Line& line) {
  return text.substr(line.begin, line.end - line.begin).starts_with(">From ");
}

bool near_marked(const Lines& lines, size_t at, Mark mark) {
  const size_t first = at > kReachLines ? at - kReachLines : 0;
  const size_t last = std::min(at + kReachLines, lines.size() - 1);
  for (size_t i = first; i <= last; ++i) {
    if (i != at && lines[i].mark == mark && lines[i].depth > 0) return true;
  }
  return false;
}

void settle_angle(std::string_view text, Lines& lines, size_t at, size_t marked) {
  Line& line = lines[at];
  if (near_marked(lines, at, Mark::kAngle)) return;
  if (is_escaped_from(text, line)) return unmark(text, line);
  const bool quoted =
      introduced(text, lines, at) || (marked > 1 && text[line.begin] == '>') || reads_as_quote(text, line);
  if (!quoted) unmark(text, line);
}

// "| " and ": " also draw tables and lists, so they count only behind an attribution. Returns the end of the run.
size_t settle_bars(std::string_view text, Lines& lines, size_t at) {
  size_t end = at;
  while (end < lines.size() && lines[end].mark == Mark::kBar) ++end;
  if (!introduced(text, lines, at)) {
    for (size_t i = at; i < end; ++i) unmark(text, lines[i]);
  }
  return end;
}

// The few words that a second client's wrapping pushed out of a long quoted line.
void settle_stray(std::string_view text, Lines& lines, size_t at) {
  const Line& before = lines[at - 1];
  const Line& after = lines[at + 1];
  Line& line = lines[at];
  if (line.depth > 0 || line.blank() || before.mark != Mark::kAngle || after.mark != Mark::kAngle) return;
  if (before.depth == 0 || after.depth == 0 || line.kind != LineKind::kText) return;
  const std::string_view quoted = before.text(text);
  const std::string_view stray = line.text(text);
  if (before.end - before.begin < kWrapColumnsMin || stray.size() > kStrayBytesMax || starts_upper(stray)) return;
  if (quoted.find_last_of(".?!:;") == quoted.size() - 1) return;
  line.depth = before.depth;
  line.mark = Mark::kAngle;
}

}  // namespace

size_t next_text(const Lines& lines, size_t at) {
  while (at < lines.size() && lines[at].blank() && lines[at].depth == 0) ++at;
  return at;
}

void settle_marks(std::string_view text, Lines& lines) {
  const size_t marked =
      std::count_if(lines.begin(), lines.end(), [](const Line& line) { return line.mark == Mark::kAngle; });
  for (size_t i = 0; i < lines.size();) {
    switch (lines[i].mark) {
      case Mark::kNone:
        ++i;
        break;
      case Mark::kBar:
        i = settle_bars(text, lines, i);
        break;
      case Mark::kAngle:
        settle_angle(text, lines, i++, marked);
        break;
      case Mark::kInitials:
        if (!near_marked(lines, i, Mark::kInitials) && !introduced(text, lines, i)) unmark(text, lines[i]);
        ++i;
        break;
    }
  }
  if (marked < 2) return;
  for (size_t i = 1; i + 1 < lines.size(); ++i) settle_stray(text, lines, i);
}

}  // namespace custos::stage::clean
