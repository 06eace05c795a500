#include "stage/parse/json_check.h"

#include <cctype>
#include <string>

#include "base/utf8.h"

namespace custos::stage {
namespace {

// A pushdown automaton: `open_` holds a bracket for each value that is not yet closed.
class JsonCheck {
 public:
  JsonCheck(std::string_view text, size_t depth_max) : text_(text), depth_max_(depth_max) {}

  size_t run() {
    bool more = true;
    while (more) {
      blanks();
      more = wants_value_ ? value() : after_value();
    }
    return at_;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void blanks() {
    while (at_ < text_.size() && (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r')) ++at_;
  }

  bool value() {
    if (peek() == '{' || peek() == '[') return begin();
    wants_value_ = false;
    if (peek() == '"') return string();
    if (std::isdigit(static_cast<unsigned char>(peek())) != 0 || peek() == '-') return number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (text_.substr(at_).starts_with(word)) {
        at_ += word.size();
        return true;
      }
    }
    return false;
  }

  bool begin() {
    if (open_.size() >= depth_max_) return false;
    const char bracket = peek();
    open_ += bracket;
    ++at_;
    blanks();
    if (peek() == (bracket == '{' ? '}' : ']')) {
      wants_value_ = false;
      return true;
    }
    return bracket == '[' || key();
  }

  bool key() {
    blanks();
    if (peek() != '"' || !string()) return false;
    blanks();
    if (peek() != ':') return false;
    ++at_;
    wants_value_ = true;
    return true;
  }

  bool after_value() {
    if (open_.empty() || at_ >= text_.size()) return false;
    const char close = open_.back() == '{' ? '}' : ']';
    if (peek() == close) {
      ++at_;
      open_.pop_back();
      return true;
    }
    if (peek() != ',') return false;
    ++at_;
    if (open_.back() == '{') return key();
    wants_value_ = true;
    return true;
  }

  bool string() {
    ++at_;
    while (at_ < text_.size() && peek() != '"') {
      if (static_cast<unsigned char>(peek()) < 0x20) return false;
      if (peek() == '\\') {
        if (!escape()) return false;
        continue;
      }
      const size_t length = utf8_sequence_length(text_, at_);
      if (length == 0) return false;
      at_ += length;
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  bool escape() {
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (kind == 'u') {
      for (size_t i = 2; i < 6; ++i) {
        if (at_ + i >= text_.size() || std::isxdigit(static_cast<unsigned char>(text_[at_ + i])) == 0) return false;
      }
      at_ += 6;
      return true;
    }
    if (kind == '\0' || std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) return false;
    at_ += 2;
    return true;
  }

  bool number() {
    const size_t begin = at_;
    while (at_ < text_.size() && std::string_view("+-.eE0123456789").find(peek()) != std::string_view::npos) ++at_;
    return at_ > begin;
  }

  std::string_view text_;
  size_t depth_max_;
  size_t at_ = 0;
  bool wants_value_ = true;
  std::string open_;
};

}  // namespace

size_t json_fault_offset(std::string_view text, size_t depth_max) { return JsonCheck(text, depth_max).run(); }

}  // namespace custos::stage
