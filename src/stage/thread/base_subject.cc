#include "stage/thread/base_subject.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/utf8.h"

namespace custos::stage {
namespace {

constexpr size_t kSubjectBytesMax = 1024;

constexpr std::array<std::string_view, 3> kStandardPrefixes = {"re", "fwd", "fw"};
// Folded. Each must be followed by ":" (perhaps a count or a blob before it), so that one may begin another.
constexpr std::array<std::string_view, 35> kLocalizedPrefixes = {
    "doorst", "перес", "antw", "отв", "пер", "转发", "轉寄", "回复", "回覆", "答复", "返信", "转寄",
    "전달",   "fwd",   "enc",  "odp", "rif", "res",  "ynt",  "ilt",  "vb",   "aw",   "wg",   "sv",
    "vs",     "vl",    "tr",   "rv",  "re",  "fw",   "pd",   "bls",  "ref",  "r",    "i"};

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string folded(std::string_view text) {
  if (is_ascii(text)) {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return lower;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  const auto size = static_cast<int32_t>(text.size());
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), size));
  std::string out;
  normalizer->normalize(wide, status).toUTF8String(out);
  return out;
}

// Step 1: each run of white space becomes one space.
std::string with_single_spaces(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const bool is_space = static_cast<unsigned char>(c) <= ' ';
    if (!is_space) {
      out += c;
    } else if (out.empty() || out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

std::string_view without_leading_spaces(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  return text;
}

// subj-blob: "[" without brackets inside "]" and white space. 0 where `text` does not begin with one.
size_t blob_length(std::string_view text) {
  if (!text.starts_with('[')) return 0;
  const size_t close = text.find_first_of("[]", 1);
  if (close == std::string_view::npos || text[close] != ']') return 0;
  return text.size() - without_leading_spaces(text.substr(close + 1)).size();
}

class Stripper {
 public:
  Stripper(std::string_view text, bool localized) : text_(text), localized_(localized) {}

  void run() {
    do {
      strip_trailers();
      while (strip_leader() || strip_blob()) {
      }
    } while (unwrap_forward());
  }
  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] bool is_reply() const { return is_reply_; }

 private:
  // Step 2.
  void strip_trailers() {
    for (;;) {
      if (text_.ends_with(' ')) {
        text_.remove_suffix(1);
      } else if (text_.ends_with("(fwd)")) {
        text_.remove_suffix(5);
        is_reply_ = true;
      } else {
        return;
      }
    }
  }

  // Step 3: (*subj-blob subj-refwd) / WSP.
  bool strip_leader() {
    const std::string_view bare = without_leading_spaces(text_);
    const bool had_space = bare.size() < text_.size();
    text_ = bare;
    std::string_view rest = text_;
    for (size_t blob = blob_length(rest); blob > 0; blob = blob_length(rest)) rest.remove_prefix(blob);
    const size_t prefix = refwd_length(rest);
    if (prefix == 0) return had_space;
    text_ = rest.substr(prefix);
    is_reply_ = true;
    return true;
  }

  // subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
  [[nodiscard]] size_t refwd_length(std::string_view text) const {
    if (text.find(':') == std::string_view::npos) return 0;
    const std::span<const std::string_view> prefixes =
        localized_ ? std::span<const std::string_view>(kLocalizedPrefixes) : kStandardPrefixes;
    for (const std::string_view prefix : prefixes) {
      if (!text.starts_with(prefix)) continue;
      std::string_view rest = text.substr(prefix.size());
      if (localized_) rest = without_count(rest);
      rest = without_leading_spaces(rest);
      rest.remove_prefix(blob_length(rest));
      if (rest.starts_with(':')) return text.size() - rest.size() + 1;
    }
    return 0;
  }

  // "(3)", "^3", "3".
  [[nodiscard]] static std::string_view without_count(std::string_view text) {
    std::string_view rest = text;
    const bool in_parentheses = rest.starts_with('(');
    if (in_parentheses || rest.starts_with('^')) rest.remove_prefix(1);
    size_t digits = 0;
    while (digits < rest.size() && digits < 4 && rest[digits] >= '0' && rest[digits] <= '9') ++digits;
    if (digits == 0) return text;
    rest.remove_prefix(digits);
    if (!in_parentheses) return rest;
    return rest.starts_with(')') ? rest.substr(1) : text;
  }

  // Step 4: a blob goes where something is left.
  bool strip_blob() {
    const size_t blob = blob_length(text_);
    if (blob == 0 || blob == text_.size()) return false;
    text_.remove_prefix(blob);
    return true;
  }

  // Step 6.
  bool unwrap_forward() {
    if (!text_.starts_with("[fwd:") || !text_.ends_with(']')) return false;
    text_ = text_.substr(5, text_.size() - 6);
    is_reply_ = true;
    return true;
  }

  std::string_view text_;
  bool localized_;
  bool is_reply_ = false;
};

BaseSubject strip(std::string_view subject, bool localized) {
  const std::string text = with_single_spaces(folded(utf8_truncated(subject, kSubjectBytesMax)));
  Stripper stripper(text, localized);
  stripper.run();
  return {std::string(stripper.text()), stripper.is_reply()};
}

}  // namespace

BaseSubject base_subject(std::string_view subject) { return strip(subject, false); }

BaseSubject localized_base_subject(std::string_view subject) { return strip(subject, true); }

}  // namespace custos::stage
