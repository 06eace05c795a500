#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/utf8.h"
#include "stage/redact/disguise/folded_text.h"
#include "stage/redact/disguise/lookalikes.h"

namespace custos::stage {
namespace {

constexpr size_t kTagMax = 256;

bool is_letter(char byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }
bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_blank(char byte) { return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r'; }
bool is_high(char byte) { return static_cast<uint8_t>(byte) >= 0x80; }

bool any_high(std::string_view text) {
  uint64_t seen = 0;
  size_t at = 0;
  for (; at + 8 <= text.size() && (seen & 0x8080808080808080) == 0; at += 8) std::memcpy(&seen, text.data() + at, 8);
  if ((seen & 0x8080808080808080) != 0) return true;
  return std::any_of(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_high);
}

// The length of the inline HTML tag at `at`, or 0. Addresses in angle brackets are no tags.
size_t inline_tag_length(std::string_view text, size_t at) {
  static constexpr std::array<std::string_view, 30> kInline = {
      "b",      "i",     "u",   "s",    "em",  "strong", "span",  "font", "a",   "code",
      "tt",     "small", "big", "sub",  "sup", "wbr",    "q",     "abbr", "ins", "del",
      "strike", "mark",  "kbd", "samp", "var", "cite",   "label", "nobr", "o:p", "bdo"};
  size_t name = at + 1;
  if (name < text.size() && text[name] == '/') ++name;
  size_t name_end = name;
  while (name_end < text.size() && name_end - name < 8 && (is_letter(text[name_end]) || text[name_end] == ':'))
    ++name_end;
  if (name_end == name || name_end >= text.size()) return 0;
  const char after = text[name_end];
  if (after != '>' && after != '/' && !is_blank(after)) return 0;
  std::string lower(text.substr(name, name_end - name));
  for (char& byte : lower) byte |= 0x20;
  if (std::find(kInline.begin(), kInline.end(), lower) == kInline.end()) return 0;
  const size_t close = text.substr(0, std::min(text.size(), at + kTagMax)).find('>', name_end);
  return close == std::string_view::npos ? 0 : close + 1 - at;
}

bool has_inline_tag(std::string_view text) {
  for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (inline_tag_length(text, at) != 0) return true;
  }
  return false;
}

// Walks the text once; keeps count of whether anything that could hide an identifier was changed.
class Folder {
 public:
  explicit Folder(std::string_view text) : text_(text) {}

  std::optional<FoldedText> run() {
    while (at_ < text_.size()) {
      if (is_high(text_[at_])) {
        fold_character();
      } else if (text_[at_] == '<') {
        fold_tag();
      } else {
        copy_plain();
      }
    }
    if (!changed_) return std::nullopt;
    return std::move(out_);
  }

 private:
  void copy_plain() {
    size_t end = at_ + 1;
    while (end < text_.size() && !is_high(text_[end]) && text_[end] != '<') ++end;
    copy(end - at_);
  }

  void copy(size_t length) {
    out_.copy(text_.substr(at_, length), static_cast<uint32_t>(at_));
    at_ += length;
  }

  void replace(std::string_view bytes, size_t length, bool matters) {
    out_.replace(bytes, {static_cast<uint32_t>(at_), static_cast<uint32_t>(at_ + length)});
    at_ += length;
    changed_ = changed_ || matters;
  }

  void fold_tag() {
    const size_t length = inline_tag_length(text_, at_);
    if (length == 0) return copy(1);
    replace("", length, joins(at_ + length));
  }

  void fold_character() {
    const CodePoint code = utf8_decode(text_, at_);
    const size_t next = at_ + code.length;
    if (is_without_width(code.value)) return replace("", code.length, joins(next));
    if (is_odd_blank(code.value) && between_digits(next)) return replace(" ", code.length, true);
    if (is_odd_hyphen(code.value) && between_digits(next)) return replace("-", code.length, true);
    const char letter = letter_of(code.value, next);
    if (letter == 0) return copy(code.length);
    const bool matters = is_letter(letter) || is_digit(letter) || letter == '@' || letter == '.' || letter == '-';
    replace(std::string_view(&letter, 1), code.length, matters);
  }

  char letter_of(char32_t code_point, size_t next) const {
    if (const char same = ascii_equivalent(code_point); same != 0) return same;
    if (const char digit = lookalike_digit(code_point); digit != 0 && beside_digit(next)) return digit;
    const char letter = lookalike_letter(code_point);
    return letter != 0 && word_has_ascii() ? letter : '\0';
  }

  [[nodiscard]] char before() const { return out_.text().empty() ? ' ' : out_.text().back(); }
  [[nodiscard]] char after(size_t next) const { return next < text_.size() ? text_[next] : ' '; }
  // Something was dropped between two characters of one word.
  [[nodiscard]] bool joins(size_t next) const { return !is_blank(before()) && !is_blank(after(next)); }
  [[nodiscard]] bool between_digits(size_t next) const {
    return (is_digit(before()) || before() == ')') &&
           (is_digit(after(next)) || is_high(after(next)) || after(next) == '(');
  }
  [[nodiscard]] bool beside_digit(size_t next) const { return is_digit(before()) || is_digit(after(next)); }

  // Whether the word around at_ has an ASCII letter, a digit or '@' within 64 bytes.
  [[nodiscard]] bool word_has_ascii() const {
    constexpr size_t kReach = 64;
    const auto tells = [](char byte) { return is_letter(byte) || is_digit(byte) || byte == '@'; };
    for (size_t i = at_; i-- > 0 && at_ - i < kReach && !is_blank(text_[i]);) {
      if (tells(text_[i])) return true;
    }
    for (size_t i = at_; i < text_.size() && i - at_ < kReach && !is_blank(text_[i]); ++i) {
      if (tells(text_[i])) return true;
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  FoldedText out_;
  bool changed_ = false;
};

}  // namespace

std::optional<FoldedText> fold(std::string_view text) {
  if (!any_high(text) && !has_inline_tag(text)) return std::nullopt;
  return Folder(text).run();
}

}  // namespace custos::stage
