#include <cstddef>

#include "base/utf8.h"
#include "model/token_counter.h"

namespace custos::model {
namespace {

enum class Run { kNone, kLetters, kDigits, kOther };

bool is_ideographic(char32_t c) {
  return (c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7FF) || (c >= 0xF900 && c <= 0xFAFF) || c >= 0x10000;
}

Run run_of(char32_t c) {
  if (c >= 0x80) return is_ideographic(c) ? Run::kNone : Run::kOther;
  if (c >= '0' && c <= '9') return Run::kDigits;
  return (c | 32) >= 'a' && (c | 32) <= 'z' ? Run::kLetters : Run::kNone;
}

uint64_t tokens_of(Run run, uint64_t size) {
  switch (run) {
    case Run::kLetters:
      return (size + 4) / 5;
    case Run::kDigits:
      return (size + 1) / 2;
    case Run::kOther:
      return (3 * size + 3) / 4;
    case Run::kNone:
      return 0;
  }
  return 0;
}

}  // namespace

uint64_t EstimatedTokens::count(std::string_view text) const {
  uint64_t tokens = 0;
  uint64_t size = 0;
  Run run = Run::kNone;
  for (size_t at = 0; at < text.size();) {
    const CodePoint code_point = utf8_decode(text, at);
    at += code_point.length;
    const Run next = run_of(code_point.value);
    if (next != run) {
      tokens += tokens_of(run, size);
      size = 0;
      run = next;
    }
    ++size;
    if (next == Run::kNone && code_point.value > ' ') ++tokens;
  }
  return tokens + tokens_of(run, size);
}

}  // namespace custos::model
