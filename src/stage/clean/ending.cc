#include "stage/clean/ending.h"

#include <algorithm>

#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kPeelsMax = 12;
constexpr size_t kNoteBytesMax = 120;
constexpr size_t kParagraphLinesMax = 40;  // a longer one is no footer

// " - report.doc", "<<report.doc>>", "<Embedded Picture (Metafile)>"
bool is_attachment_note(std::string_view content) {
  if (content.size() > kNoteBytesMax) return false;
  if (content.starts_with('<')) return content.ends_with('>') && content.find('@') == std::string_view::npos;
  const size_t dot = content.rfind('.');
  if (!content.starts_with("- ") || dot == std::string_view::npos) return false;
  const size_t extension = content.size() - dot - 1;
  return extension >= 2 && extension <= 4 &&
         std::all_of(content.begin() + dot + 1, content.end(), [](char c) { return is_digit(c) || is_letter(c); });
}

class EndingLabeller {
 public:
  EndingLabeller(std::string_view text, const CleanOptions& options, const CleanHints& hints, Lines& lines)
      : text_(text), options_(options), hints_(hints), lines_(lines) {}

  void run() {
    bool go_on = true;
    for (size_t peel = 0; go_on && peel < kPeelsMax && find_last(); ++peel) go_on = peel_one();
  }

 private:
  [[nodiscard]] bool is_content(size_t at) const { return lines_[at].fate == Fate::kAuthored && !lines_[at].blank(); }

  // Moves end_ behind the last line that is still authored; an archive's note of an attachment may stand below it.
  bool find_last() {
    while (end_ > 0 && (!is_content(end_ - 1) || is_attachment_note(lines_[end_ - 1].text(text_)))) --end_;
    return end_ > 0;
  }

  bool peel_one() {
    const size_t last = end_ - 1;
    if (options_.find_list_footers && peel_footer(last)) return true;
    if (!options_.find_signatures) return false;
    if (is_device_note(lines_[last].text(text_))) return label(with_rule(last), last, Fate::kSignature);
    const size_t start = signature_start(text_, hints_, lines_, segment_start(last), last);
    if (start <= last) {
      label(with_rule(start), last, Fate::kSignature);
      return lines_[start].kind == LineKind::kDelimiter;  // above "-- " another may stand, above a name none does
    }
    return false;
  }

  bool peel_footer(size_t last) {
    Paragraph paragraph{last, last};
    while (paragraph.first > 0 && is_content(paragraph.first - 1) && last - paragraph.first < kParagraphLinesMax) {
      if (lines_[paragraph.first].kind == LineKind::kRule) break;
      --paragraph.first;
    }
    if (!is_ruled(paragraph.first) && !glued_rule(paragraph)) include_rule(paragraph);
    if (!is_list_footer(text_, lines_, paragraph, hints_.has_list_id)) return false;
    return label(paragraph.first, paragraph.last, Fate::kListFooter);
  }

  [[nodiscard]] bool is_ruled(size_t at) const {
    return lines_[at].kind == LineKind::kRule || lines_[at].kind == LineKind::kDelimiter;
  }

  // A delimiter inside the paragraph: "-- " and, below it, the list's lines.
  bool glued_rule(Paragraph& paragraph) {
    for (size_t at = paragraph.last; at > paragraph.first; --at) {
      if (is_ruled(at)) return paragraph.first = at, true;
    }
    return false;
  }

  // A rule above, with a blank line between.
  void include_rule(Paragraph& paragraph) {
    size_t at = paragraph.first;
    while (at > 0 && paragraph.first - at < 2 && lines_[at - 1].blank()) --at;
    if (at > 0 && at < paragraph.first && is_content(at - 1) && is_ruled(at - 1)) paragraph.first = at - 1;
  }

  // The line of a rule directly above `at`, or `at`.
  [[nodiscard]] size_t with_rule(size_t at) const {
    return at > 0 && is_content(at - 1) && is_ruled(at - 1) ? at - 1 : at;
  }

  // The first line of the run of authored lines that `last` ends; no signature is longer than what is looked at.
  [[nodiscard]] size_t segment_start(size_t last) const {
    size_t first = last;
    while (first > 0 && last - first < 200 && lines_[first - 1].fate == Fate::kAuthored) --first;
    return first;
  }

  bool label(size_t first, size_t last, Fate fate) {
    for (size_t i = first; i <= last; ++i) lines_[i].fate = fate;
    return true;
  }

  std::string_view text_;
  const CleanOptions& options_;
  const CleanHints& hints_;
  Lines& lines_;
  size_t end_ = lines_.size();
};

}  // namespace

void label_ending(std::string_view text, const CleanOptions& options, const CleanHints& hints, Lines& lines) {
  EndingLabeller(text, options, hints, lines).run();
}

}  // namespace custos::stage::clean
