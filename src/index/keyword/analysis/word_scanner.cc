#include "index/keyword/analysis/word_scanner.h"

#include "index/keyword/analysis/character.h"

namespace custos::index {
namespace {

constexpr std::string_view kCurlyApostrophe = "\xE2\x80\x99";
constexpr size_t kLettersAfterApostrophe = 2;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
bool is_high(char c) { return static_cast<unsigned char>(c) >= 0x80; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

void WordScanner::start(size_t begin) {
  begin_ = end_ = at_ = begin;
  size_ = 0;
  length_ = 0;
  is_ascii_ = true;
  has_digit_ = is_tag_ = false;
}

bool WordScanner::next() {
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (ascii_role(c) != WordRole::kSeparator) {
      scan_ascii();
      return true;
    }
    if (c == '[' && take_tag()) return true;
    if (is_high(c)) {
      start(at_);
      scan_any();
      if (size_ > 0) return true;
      at_ += character_at(text_, at_).length;
    } else {
      ++at_;
    }
  }
  return false;
}

// Nine words in ten end here; the others are begun again by scan_any().
void WordScanner::scan_ascii() {
  const size_t begin = at_;
  start(begin);
  size_t at = begin;
  while (at < text_.size()) {
    const WordRole role = ascii_role(text_[at]);
    if (role == WordRole::kSeparator) break;
    if (size_ < kWordLengthMax) buffer_[size_++] = lower(text_[at]);
    has_digit_ |= role == WordRole::kDigit;
    ++at;
  }
  at_ = end_ = at;
  if (at == text_.size()) return;
  const char c = text_[at];
  const bool may_go_on = is_high(c) || c == '\'' || (c == ',' && has_digit_);
  if (!may_go_on) return;
  start(begin);
  scan_any();
}

bool WordScanner::take_tag() {
  const size_t length = tag_length(text_, at_);
  if (length == 0) return false;
  start(at_);
  for (const char c : text_.substr(at_, length)) append({&c, 1});
  length_ = 0;
  is_tag_ = true;
  at_ = end_ = begin_ + length;
  return true;
}

void WordScanner::append(std::string_view bytes) {
  if (!is_tag_ && length_ >= kWordLengthMax) return;
  if (size_ + bytes.size() > buffer_.size()) return;
  ++length_;
  is_ascii_ &= !is_high(bytes[0]);
  for (const char c : bytes) buffer_[size_++] = lower(c);
}

void WordScanner::scan_any() {
  WordRole run = WordRole::kSeparator;
  while (at_ < text_.size()) {
    const Character character = character_at(text_, at_);
    if (character.role == WordRole::kMark) {
      if (!take_mark(character.length)) return;
      continue;
    }
    if (character.role == WordRole::kSeparator) {
      if (const size_t apostrophe = apostrophe_length(at_); apostrophe > 0 && run == WordRole::kLetter) {
        if (!take_apostrophe(apostrophe)) return;
        continue;
      }
      if (text_[at_] == ',' && run == WordRole::kLetter && take_thousands()) continue;
      return;
    }
    const bool is_run = character.role == WordRole::kLetter || character.role == WordRole::kDigit;
    const WordRole role = is_run ? WordRole::kLetter : character.role;
    if (run != WordRole::kSeparator && (role != run || role == WordRole::kAlone)) return;
    run = role;
    has_digit_ |= character.role == WordRole::kDigit;
    append(text_.substr(at_, character.length));
    at_ += character.length;
    end_ = at_;
  }
}

// False where no word has begun: the mark is passed over.
bool WordScanner::take_mark(size_t length) {
  if (size_ == 0) return false;
  append(text_.substr(at_, length));
  at_ += length;
  end_ = at_;
  return true;
}

size_t WordScanner::apostrophe_length(size_t at) const {
  if (text_[at] == '\'') return 1;
  return text_.substr(at, kCurlyApostrophe.size()) == kCurlyApostrophe ? kCurlyApostrophe.size() : 0;
}

// Whether the word goes on behind the apostrophe.
bool WordScanner::take_apostrophe(size_t length) {
  size_t letters = 0;
  size_t after = at_ + length;
  while (after < text_.size() && letters <= kLettersAfterApostrophe) {
    const Character character = character_at(text_, after);
    if (character.role != WordRole::kLetter && character.role != WordRole::kDigit) break;
    ++letters;
    after += character.length;
  }
  if (letters == 1 && lower(text_[at_ + length]) == 's') {
    at_ = after;
    return false;
  }
  if (letters == 0 || letters > kLettersAfterApostrophe) {
    at_ += length;
    return false;
  }
  append("'");
  at_ += length;
  return true;
}

bool WordScanner::take_thousands() {
  if (size_ == 0 || !is_digit(text_[at_ - 1]) || at_ + 3 >= text_.size()) return false;
  for (size_t i = 0; i < size_; ++i) {
    if (!is_digit(buffer_[i])) return false;
  }
  for (size_t i = 1; i <= 3; ++i) {
    if (!is_digit(text_[at_ + i])) return false;
  }
  if (at_ + 4 < text_.size() && is_digit(text_[at_ + 4])) return false;
  ++at_;
  return true;
}

}  // namespace custos::index
