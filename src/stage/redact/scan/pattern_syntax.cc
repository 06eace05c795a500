#include "stage/redact/scan/pattern_syntax.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace custos::stage {
namespace {

using Kind = PatternNode::Kind;

constexpr int kDepthMax = 64;
constexpr uint32_t kRepeatMax = 1000;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_letter(char byte) { return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'; }
bool is_high(char byte) { return static_cast<uint8_t>(byte) >= 0x80; }
size_t index_of(char byte) { return static_cast<uint8_t>(byte); }

ByteSet range(uint8_t first, uint8_t last) {
  ByteSet set;
  for (size_t byte = first; byte <= last; ++byte) set.set(byte);
  return set;
}

ByteSet high_bytes() { return range(0x80, 0xFF); }

// \d, \w, \s and their complements.
std::optional<ByteSet> shorthand(char letter) {
  const char lower = static_cast<char>(letter | 0x20);
  ByteSet set;
  if (lower == 'd') set = range('0', '9');
  if (lower == 'w') set = range('0', '9') | range('A', 'Z') | range('a', 'z') | range('_', '_');
  if (lower == 's') set = range('\t', '\n') | range('\f', '\r') | range(' ', ' ');
  if (set.none()) return std::nullopt;
  return letter == lower ? set : ~set;
}

// Reads an expression once, left to right; `failed` where it cannot be told.
class Parser {
 public:
  Parser(std::string_view pattern, bool ignore_case, bool unicode)
      : pattern_(pattern), ignore_case_(ignore_case), unicode_(unicode) {}

  std::optional<ParsedPattern> run() {
    PatternNode root = read_choice(0);
    if (failed_ || at_ != pattern_.size()) return std::nullopt;
    return ParsedPattern{std::move(root), exact_};
  }

 private:
  [[nodiscard]] bool at_end() const { return failed_ || at_ >= pattern_.size(); }
  [[nodiscard]] bool next_is(char byte) const { return !at_end() && pattern_[at_] == byte; }

  PatternNode fail() {
    failed_ = true;
    return {};
  }

  PatternNode read_choice(int depth) {
    if (depth > kDepthMax) return fail();
    PatternNode choice{.kind = Kind::kChoice};
    choice.children.push_back(read_sequence(depth));
    while (next_is('|')) {
      ++at_;
      choice.children.push_back(read_sequence(depth));
    }
    if (choice.children.size() > 1) return choice;
    PatternNode only = std::move(choice.children.front());
    return only;
  }

  PatternNode read_sequence(int depth) {
    PatternNode sequence{.kind = Kind::kSequence};
    while (!at_end() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      sequence.children.push_back(with_quantifier(read_atom(depth)));
    }
    return sequence;
  }

  PatternNode read_atom(int depth) {
    const char head = pattern_[at_++];
    switch (head) {
      case '(':
        return read_group(depth);
      case '[':
        return read_class();
      case '\\':
        return read_escape();
      case '^':
        return {.kind = Kind::kTextBegin};
      case '$':
        return {.kind = Kind::kTextEnd};
      case '.':
        return characters(~range('\n', '\n'));
      default:
        return literal(head);
    }
  }

  PatternNode read_group(int depth) {
    const bool outside = ignore_case_;
    if (next_is('?')) {
      if (pattern_.substr(at_, 2) == "?:") {
        at_ += 2;
      } else if (pattern_.substr(at_, 3) == "?i:") {
        at_ += 3;
        ignore_case_ = true;
      } else {
        return fail();
      }
    }
    PatternNode inside = read_choice(depth + 1);
    ignore_case_ = outside;
    if (!next_is(')')) return fail();
    ++at_;
    return inside;
  }

  // One byte of a pattern, or one of the bytes of a character.
  PatternNode literal(char byte) {
    if (is_high(byte)) {
      if (!unicode_) return bytes_of(range(static_cast<uint8_t>(byte), static_cast<uint8_t>(byte)));
      exact_ = false;
      return bytes_of(high_bytes());
    }
    ByteSet set;
    set.set(index_of(byte));
    return bytes_of(with_both_cases(set));
  }

  // One character of `set`: above 0x7F one byte, or the one to four bytes of UTF-8.
  PatternNode characters(const ByteSet& set) {
    const ByteSet high = set & high_bytes();
    if (!unicode_ || high.none()) return bytes_of(with_both_cases(set));
    exact_ = false;
    PatternNode many{.kind = Kind::kRepeat, .children = {bytes_of(high_bytes())}, .least = 1, .most = 4};
    return {.kind = Kind::kChoice, .children = {bytes_of(with_both_cases(set & ~high_bytes())), std::move(many)}};
  }

  static PatternNode bytes_of(const ByteSet& set) { return {.kind = Kind::kBytes, .bytes = set}; }

  [[nodiscard]] ByteSet with_both_cases(ByteSet set) const {
    if (!ignore_case_) return set;
    for (size_t upper = 'A'; upper <= 'Z'; ++upper) {
      const bool either = set[upper] || set[upper | 0x20];
      set[upper] = either;
      set[upper | 0x20] = either;
    }
    return set;
  }

  // The byte that an escape stands for; fails at \b, \p and their like.
  char escaped_byte() {
    if (at_end()) return failed_ = true, '\0';
    const char letter = pattern_[at_++];
    if (letter == 'n') return '\n';
    if (letter == 't') return '\t';
    if (letter == 'r') return '\r';
    if (letter == 'x') return hexadecimal_byte();
    if (is_letter(letter) || is_digit(letter)) failed_ = true;
    return letter;
  }

  // Above 0x7F it is a byte only to patterns that read bytes.
  char hexadecimal_byte() {
    unsigned value = 0;
    const char* begin = pattern_.data() + at_;
    const char* end = begin + std::min<size_t>(2, pattern_.size() - at_);
    const auto read = std::from_chars(begin, end, value, 16);
    if (read.ptr != begin + 2 || (unicode_ && value >= 0x80)) failed_ = true;
    at_ += static_cast<size_t>(end - begin);
    return static_cast<char>(value);
  }

  PatternNode read_escape() {
    if (at_end()) return fail();
    if (const auto set = shorthand(pattern_[at_])) return ++at_, characters(*set);
    return literal(escaped_byte());
  }

  PatternNode read_class() {
    const bool negated = next_is('^');
    if (negated) ++at_;
    ByteSet set;
    for (bool first = true; !at_end() && (first || pattern_[at_] != ']'); first = false) add_class_item(set);
    if (at_end()) return fail();
    ++at_;
    return characters(negated ? ~with_both_cases(set) : set);
  }

  void add_class_item(ByteSet& set) {
    if (pattern_.substr(at_, 2) == "[:") {
      failed_ = true;
      return;
    }
    char first = pattern_[at_++];
    if (first == '\\') {
      if (at_end()) return;
      if (const auto shorthand_set = shorthand(pattern_[at_])) {
        set |= *shorthand_set;
        ++at_;
        return;
      }
      first = escaped_byte();
    }
    if (unicode_ && is_high(first)) {
      set |= high_bytes();
      return;
    }
    set.set(index_of(first));
    if (next_is('-') && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') read_range_end(first, set);
  }

  void read_range_end(char first, ByteSet& set) {
    ++at_;
    char last = pattern_[at_++];
    if (last == '\\') last = escaped_byte();
    if (index_of(last) < index_of(first)) failed_ = true;
    if (!failed_) set |= range(static_cast<uint8_t>(first), static_cast<uint8_t>(last));
    if (unicode_ && is_high(last)) set |= high_bytes();
  }

  PatternNode with_quantifier(PatternNode atom) {
    if (at_end()) return atom;
    uint32_t least = 0;
    uint32_t most = 1;
    const char mark = pattern_[at_];
    if (mark == '*' || mark == '+') {
      least = mark == '+' ? 1 : 0;
      most = kEndless;
      ++at_;
    } else if (mark == '?') {
      ++at_;
    } else if (mark == '{') {
      ++at_;
      read_counts(least, most);
    } else {
      return atom;
    }
    if (next_is('?')) ++at_;  // lazy or not, the same texts match
    if (next_is('*') || next_is('+') || next_is('?') || next_is('{')) return fail();
    return {.kind = Kind::kRepeat, .children = {std::move(atom)}, .least = least, .most = most};
  }

  uint32_t read_number() {
    uint32_t number = 0;
    if (at_end() || !is_digit(pattern_[at_])) failed_ = true;
    while (!at_end() && is_digit(pattern_[at_]) && number <= kRepeatMax) {
      number = number * 10 + static_cast<uint32_t>(pattern_[at_++] - '0');
    }
    failed_ = failed_ || number > kRepeatMax;
    return number;
  }

  void read_counts(uint32_t& least, uint32_t& most) {
    least = read_number();
    most = least;
    if (next_is(',')) {
      ++at_;
      most = next_is('}') ? kEndless : read_number();
    }
    if (!next_is('}') || most < least) failed_ = true;
    ++at_;
  }

  std::string_view pattern_;
  bool ignore_case_;
  bool unicode_;
  size_t at_ = 0;
  bool failed_ = false;
  bool exact_ = true;
};

}  // namespace

std::optional<ParsedPattern> parse_pattern(std::string_view pattern, bool ignore_case, bool unicode) {
  return Parser(pattern, ignore_case, unicode).run();
}

}  // namespace custos::stage
