#include "stage/redact/pattern_shape.h"

#include <cstddef>

namespace custos::stage {
namespace {

// Reads an expression once, left to right. Depth is bounded by the length of the pattern, and by kDepthMax.
class DigitReader {
 public:
  explicit DigitReader(std::string_view pattern) : pattern_(pattern) {}

  bool read_alternatives(int depth = 0) {
    constexpr int kDepthMax = 64;
    if (depth > kDepthMax) return give_up();
    bool every_one = read_sequence(depth);
    while (at_ < pattern_.size() && pattern_[at_] == '|') {
      ++at_;
      const bool has = read_sequence(depth);
      every_one = every_one && has;
    }
    return every_one;
  }

 private:
  bool give_up() {
    at_ = pattern_.size();
    gave_up_ = true;
    return false;
  }

  bool read_sequence(int depth) {
    bool has = false;
    while (at_ < pattern_.size() && pattern_[at_] != '|' && pattern_[at_] != ')') {
      const bool atom_has = read_atom(depth);
      const bool optional = read_quantifier_allows_none();
      has = has || (atom_has && !optional);
    }
    return has && !gave_up_;
  }

  bool read_atom(int depth) {
    const char head = pattern_[at_++];
    if (head == '(') return read_group(depth);
    if (head == '[') return read_class();
    if (head == '\\') return at_ < pattern_.size() && pattern_[at_++] == 'd';
    return head >= '0' && head <= '9';
  }

  bool read_group(int depth) {
    if (at_ < pattern_.size() && pattern_[at_] == '?') {
      while (at_ < pattern_.size() && pattern_[at_] != ':' && pattern_[at_] != ')' && pattern_[at_] != '>') ++at_;
      if (at_ < pattern_.size() && pattern_[at_] != ')') ++at_;
    }
    const bool has = read_alternatives(depth + 1);
    if (at_ < pattern_.size()) ++at_;  // ')'
    return has;
  }

  bool read_class() {
    bool only_digits = true;
    for (bool first = true; at_ < pattern_.size(); first = false) {
      const char byte = pattern_[at_];
      if (byte == ']' && !first) break;
      if (byte == '\\' && at_ + 1 < pattern_.size()) {
        ++at_;
        only_digits = only_digits && pattern_[at_] == 'd';
      } else {
        only_digits = only_digits && ((byte >= '0' && byte <= '9') || (byte == '-' && !first));
      }
      ++at_;
    }
    if (at_ < pattern_.size()) ++at_;  // ']'
    return only_digits;
  }

  bool read_quantifier_allows_none() {
    if (at_ >= pattern_.size()) return false;
    const char mark = pattern_[at_];
    if (mark == '?' || mark == '*') return ++at_, skip_laziness(), true;
    if (mark == '+') return ++at_, skip_laziness(), false;
    if (mark != '{') return false;
    const bool none = at_ + 1 < pattern_.size() && (pattern_[at_ + 1] == '0' || pattern_[at_ + 1] == ',');
    while (at_ < pattern_.size() && pattern_[at_] != '}') ++at_;
    if (at_ < pattern_.size()) ++at_;
    skip_laziness();
    return none;
  }

  void skip_laziness() {
    if (at_ < pattern_.size() && pattern_[at_] == '?') ++at_;
  }

  std::string_view pattern_;
  size_t at_ = 0;
  bool gave_up_ = false;
};

}  // namespace

bool always_has_digit(std::string_view pattern) { return DigitReader(pattern).read_alternatives(); }

}  // namespace custos::stage
