// The words of a text, one after the other: Unicode's word boundaries (UAX #29) with fewer words that hold punctuation.
//
// A word is a run of letters, digits and their marks. Every other character separates, "." and "_" and "-" too, so that
// "report_2001.xls" and "www.example.com" are found by their parts; a query that holds them asks for the parts in a
// row. Three exceptions: "'s" at the end of a word is dropped; an apostrophe before one or two letters ("don't",
// "we're") stays in the word; commas between groups of three digits are dropped ("1,000" is "1000"). A character that
// UAX #29 puts in no run (Han, Hiragana, Thai, an emoji) is a word of its own, with the marks that follow it. A tag of
// redaction ("[REDACTED-EMAIL]") is one word.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "document/span.h"

namespace custos::index {

inline constexpr uint32_t kWordLengthMax = 64;  // code points; what follows in a longer word is not searched

// For one thread. Linear in the text; no memory but the word's.
class WordScanner {
 public:
  static constexpr size_t kBytesMax = kWordLengthMax * 4;

  // REQUIRES: within.begin <= within.end <= text.size().
  WordScanner(std::string_view text, document::Span within) : text_(text.substr(0, within.end)), at_(within.begin) {}

  // Goes to the next word; false where there is none.
  [[nodiscard]] bool next();

  // The current word, its ASCII letters in lower case. Valid until next(); kBytesMax bytes may be read.
  [[nodiscard]] std::string_view word() const { return {buffer_.data(), size_}; }
  [[nodiscard]] bool is_ascii() const { return is_ascii_; }
  [[nodiscard]] bool is_inflected() const { return !has_digit_ && !is_tag_; }  // may have a stem
  [[nodiscard]] document::Span span() const { return {static_cast<uint32_t>(begin_), static_cast<uint32_t>(end_)}; }

 private:
  void start(size_t begin);
  void scan_ascii();
  void scan_any();
  bool take_tag();
  bool take_mark(size_t length);
  bool take_apostrophe(size_t length);
  bool take_thousands();
  [[nodiscard]] size_t apostrophe_length(size_t at) const;
  void append(std::string_view bytes);

  std::string_view text_;
  size_t at_;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::array<char, kBytesMax> buffer_{};
  size_t size_ = 0;
  uint32_t length_ = 0;  // code points
  bool is_ascii_ = true;
  bool has_digit_ = false;
  bool is_tag_ = false;
};

}  // namespace custos::index
