#include <algorithm>

#include "stage/clean/ending.h"
#include "stage/clean/fold.h"
#include "stage/clean/sender_name.h"
#include "stage/clean/signature_words.h"

namespace custos::stage::clean {
namespace {

constexpr size_t kDelimitedLinesMax = 30;  // below "-- "
constexpr size_t kLooseLinesMax = 12;      // below "--", a rule or a closing formula
constexpr size_t kLineBytesMax = 90;
constexpr size_t kNameBytesMax = 50;

class SignatureFinder {
 public:
  SignatureFinder(std::string_view text, const CleanHints& hints, const Lines& lines, size_t floor, size_t last)
      : text_(text), sender_(hints.sender_name, hints.sender_address), lines_(lines), floor_(floor), last_(last) {}

  [[nodiscard]] size_t start() const {
    if (const size_t at = delimited(); at <= last_) return at;
    if (const size_t at = closed(); at <= last_) return at;
    if (sender_.is(after_closing(line(last_))) && has_text_before(last_)) return last_;
    if (const size_t at = named(); at <= last_) return at;
    if (const size_t at = dashed(); at <= last_) return at;
    return contact();
  }

 private:
  [[nodiscard]] std::string_view line(size_t at) const { return lines_[at].text(text_); }

  // The line of `count` lines of text before `at`, at least floor_.
  template <typename Visit>
  size_t backwards(size_t lines_max, Visit visit) const {
    size_t seen = 0;
    for (size_t at = last_ + 1; at-- > floor_ && seen <= lines_max;) {
      if (lines_[at].blank()) continue;
      if (visit(at, seen)) return at;
      ++seen;
    }
    return last_ + 1;
  }

  [[nodiscard]] size_t delimited() const {
    size_t exact = last_ + 1;
    size_t loose = last_ + 1;
    backwards(kDelimitedLinesMax, [&](size_t at, size_t seen) {
      if (lines_[at].kind != LineKind::kDelimiter) return false;
      const bool is_exact = text_.substr(lines_[at].begin, 3) == "-- ";
      if (is_exact) exact = at;
      if (!is_exact && loose > last_ && seen > 0 && seen <= kLooseLinesMax && is_short(at + 1)) loose = at;
      return false;
    });
    return std::min(exact, loose);
  }

  // All lines from `at` on are short, and none is a sentence.
  [[nodiscard]] bool is_short(size_t at) const {
    for (; at <= last_; ++at) {
      if (line(at).size() > kLineBytesMax || is_sentence(line(at)) || is_postscript(line(at))) return false;
    }
    return true;
  }
  static bool is_sentence(std::string_view content) {
    if (content.ends_with('?')) return true;
    const bool stop = content.ends_with('.') || content.ends_with('!') || content.ends_with(':');
    return (stop && count_words(content) >= 6) || count_words(content) >= 12;
  }
  static bool is_postscript(std::string_view content) {
    if (content.empty() || std::string_view("NPnp").find(content[0]) == std::string_view::npos) return false;
    const std::string head = folded(content, 6);
    return head.starts_with("p.s") || head.starts_with("ps:") || head.starts_with("ps ") || head.starts_with("nb:");
  }

  // "Best regards," and the name below it.
  [[nodiscard]] size_t closed() const {
    const size_t at = backwards(kLooseLinesMax, [&](size_t i, size_t) { return is_closing(line(i)); });
    if (at > last_ || !is_short(at + 1)) return last_ + 1;
    const size_t name = text_below(at);
    if (name > last_) return is_formal_closing(line(at)) && stands_apart(at) && has_text_before(at) ? at : last_ + 1;
    if (!sender_.is(line(name)) && !is_name(line(name))) return last_ + 1;
    return has_text_before(at) ? at : name;  // "Thanks, Ada" may be all that was said
  }

  [[nodiscard]] bool stands_apart(size_t at) const {
    return starts_upper(line(at)) && (at == floor_ || lines_[at - 1].blank());
  }

  // The sender's name on a line of its own, with nothing but short lines below.
  [[nodiscard]] size_t named() const {
    const size_t at = backwards(8, [&](size_t i, size_t) { return sender_.is(line(i)); });
    if (at > last_ || !is_short(at + 1) || continues_sentence(at)) return last_ + 1;
    const bool apart = at == floor_ || lines_[at - 1].blank() || at == last_ || count_evidence(at + 1) > 0;
    return apart && (at == last_ || count_evidence(at + 1) > 0 || last_ - at <= 3) ? at : last_ + 1;
  }

  // "market." may be the last word of a sentence: a name without a capital stands alone or below a closing formula.
  [[nodiscard]] bool continues_sentence(size_t at) const {
    if (starts_upper(line(at)) || at == floor_ || lines_[at - 1].blank()) return false;
    return !is_closing(line(at - 1));
  }

  // "-Ada" below an empty line.
  [[nodiscard]] size_t dashed() const {
    const std::string_view content = line(last_);
    const bool dash = content.starts_with('-') || content.starts_with('~') || content.starts_with("\xE2\x80\x94") ||
                      content.starts_with("\xE2\x80\x93");
    if (!dash || last_ == floor_ || !lines_[last_ - 1].blank() || !has_text_before(last_)) return last_ + 1;
    const std::string_view name = without(content, "-~ \xE2\x80\x93\x94");
    if (name.size() > kNameBytesMax || !(sender_.is(name) || is_name(name))) return last_ + 1;
    const size_t before = text_above(last_);
    return line(before).starts_with('-') ? last_ + 1 : last_;  // a list's last item
  }

  // A last paragraph of a name with at least two lines of telephone, address, title.
  [[nodiscard]] size_t contact() const {
    size_t at = last_;
    while (at > floor_ && !lines_[at - 1].blank() && last_ - at < kLooseLinesMax) --at;
    if (last_ - at + 1 > kLooseLinesMax || at == last_ || !has_text_before(at)) return last_ + 1;
    if (lines_[at].kind == LineKind::kRule || lines_[at].kind == LineKind::kDelimiter) {
      return is_short(at + 1) && count_evidence(at + 1) >= 2 ? at : last_ + 1;
    }
    return is_name(line(at)) && is_short(at + 1) && count_evidence(at + 1) >= 2 ? at : last_ + 1;
  }

  [[nodiscard]] size_t text_below(size_t at) const {
    do ++at;
    while (at <= last_ && lines_[at].blank());
    return at;
  }
  // REQUIRES: has_text_before(at).
  [[nodiscard]] size_t text_above(size_t at) const {
    do --at;
    while (lines_[at].blank() && at > floor_);
    return at;
  }
  [[nodiscard]] bool has_text_before(size_t at) const {
    for (size_t seen = 0; at-- > floor_ && seen < 100; ++seen) {
      if (!lines_[at].blank()) return true;
    }
    return false;
  }

  [[nodiscard]] size_t count_evidence(size_t at) const {
    size_t evidence = 0;
    for (; at <= last_; ++at) evidence += is_contact_line(line(at)) ? 1 : 0;
    return evidence;
  }

  std::string_view text_;
  SenderName sender_;
  const Lines& lines_;
  size_t floor_;
  size_t last_;
};

}  // namespace

size_t signature_start(std::string_view text, const CleanHints& hints, const Lines& lines, size_t floor, size_t last) {
  return SignatureFinder(text, hints, lines, floor, last).start();
}

}  // namespace custos::stage::clean
