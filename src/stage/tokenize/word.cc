#include "stage/tokenize/word.h"

#include <array>
#include <cstring>

#include "base/ascii.h"
#include "stage/tokenize/text_scan.h"

namespace custos::stage {
namespace {

constexpr uint8_t kIsSpace = 1;
constexpr uint8_t kNeedsLook = 2;

// Marks of single bytes, and what needs a closer look.
struct ByteTable {
  std::array<uint16_t, 256> marks{};
  std::array<uint8_t, 256> kinds{};

  constexpr ByteTable() {
    for (size_t c = 0; c < 256; ++c) marks[c] = mark_of(static_cast<char>(c));
    for (const char c : std::string_view("\t\n\v\f\r\x1c\x1d\x1e\x1f "))
      kinds[static_cast<unsigned char>(c)] = kIsSpace;
    for (const char c : std::string_view(".-\"'\xc2\xe1\xe2\xe3")) kinds[static_cast<unsigned char>(c)] = kNeedsLook;
  }
  static constexpr uint16_t mark_of(char c) {
    if (ascii_is_alnum(c)) return 0;
    if (c == '`') return kBacktick;
    if (c == ',' || c == ':') return kComma;
    if (std::string_view(";@#$%&?!*").find(c) != std::string_view::npos) return kPadded;
    if (std::string_view("[](){}<>").find(c) != std::string_view::npos) return kBracket;
    return kJoiner;
  }
};
constexpr ByteTable kBytes;

constexpr std::array<Contraction, 8> kContractions = {
    {{"cannot", 3}, {"d'ye", 1}, {"gimme", 3}, {"gonna", 3}, {"gotta", 3}, {"lemme", 3}, {"more'n", 4}, {"wanna", 3}}};
constexpr ByteSet kFirstLetters("cdglmwCDGLMW");

// Four bytes, ASCII letters among them in lower case; some other characters fall together.
uint32_t four_lower(const char* at) {
  uint32_t bytes;
  std::memcpy(&bytes, at, sizeof bytes);
  return bytes | 0x20202020;
}

// A quote beside another, or an apostrophe that is not the only one or has no letter on both sides.
uint16_t quote_mark(std::string_view text, size_t at, uint16_t marks, Edge before) {
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (text[at] == '"') return next == '"' || next == '\'' ? kQuote | kClash : kQuote;
  const bool is_inside = ascii_is_alnum(next) && (at > 0 ? ascii_is_alnum(text[at - 1]) : before == Edge::kTag);
  return is_inside && (marks & kApostrophe) == 0 ? kApostrophe : kApostrophe | kClash;
}

uint16_t looked_up(std::string_view text, size_t at) {
  const char c = text[at];
  const bool is_twice = at + 1 < text.size() && text[at + 1] == c;
  if (c == '.') return is_twice ? kDots : kJoiner;
  if (c == '-') return is_twice ? kDashes : kJoiner;
  if (opening_quote_length(text, at) > 0) return kOpenQuote;
  if (closing_quote_length(text, at) > 0) return kCloseQuote;
  return dash_length(text, at) > 0 ? kDashes : kJoiner;
}

bool may_hold_contraction(std::string_view text) {
  for (size_t i = 0; i + 4 <= text.size(); ++i) {
    if (contraction_letters_at(text, i) != nullptr) return true;
  }
  return false;
}

}  // namespace

const Contraction* contraction_letters_at(std::string_view text, size_t at) {
  if (!kFirstLetters.has(text[at]) || text.size() - at < 4) return nullptr;
  const uint32_t first = four_lower(text.data() + at);
  for (const Contraction& entry : kContractions) {
    if (first == four_lower(entry.word.data()) && has_lower_at(text, at, entry.word)) return &entry;
  }
  return nullptr;
}

Word scan_word(std::string_view text, size_t at, Edge before) {
  Word word;
  word.before = before;
  const std::string_view rest = text.substr(at);
  size_t i = 0;
  for (; i < rest.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    const uint8_t kind = kBytes.kinds[byte];
    if (kind == 0) {
      word.marks |= kBytes.marks[byte];
    } else if (kind == kIsSpace || space_length(rest, i) > 0) {
      break;
    } else if (byte == '"' || byte == '\'') {
      word.marks |= quote_mark(rest, i, word.marks, before);
    } else {
      word.marks |= looked_up(rest, i);
    }
  }
  word.text = rest.substr(0, i);
  if (may_hold_contraction(word.text)) word.marks |= kContraction;
  return word;
}

}  // namespace custos::stage
