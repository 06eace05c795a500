#include "stage/clean/stem_table.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstring>
#include <limits>

#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

bool is_spaceless(char c) { return static_cast<unsigned char>(c) >= 0xE3; }
uint32_t bit_of(char byte) { return uint32_t{1} << (static_cast<unsigned char>(byte) & 31); }

bool ends_word(std::string_view text, size_t end) {
  return end == text.size() || !is_letter(fold_at(text, end).first) || is_spaceless(text[end]);
}

template <typename Word>
constexpr Word each_byte(uint8_t value) {
  return static_cast<Word>(0x0101010101010101u * value);
}
template <typename Word>
constexpr Word kHighBits = each_byte<Word>(0x80);
static_assert(std::endian::native == std::endian::little, "the first byte of a word is its lowest");

// Which bytes of a word of ASCII are letters, and which are no blanks, by their high bits.
template <typename Word>
Word letters_of(Word bytes) {
  const Word lower = bytes | each_byte<Word>(0x20);
  return (lower + each_byte<Word>(0x80 - 'a')) & ~(lower + each_byte<Word>(0x80 - 'z' - 1)) & kHighBits<Word>;
}
template <typename Word>
Word visible_of(Word bytes) {
  return (bytes + each_byte<Word>(0x80 - ' ' - 1)) & kHighBits<Word>;
}

// Calls visit(at) wherever a word begins, or a sign that follows no letter: eight bytes at a time where all are ASCII.
template <typename Visit>
void each_beginning(std::string_view text, Visit visit) {
  bool after_letter = false;
  for (size_t at = 0; at < text.size();) {
    uint64_t bytes = kHighBits<uint64_t>;
    if (text.size() - at >= sizeof bytes) std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if ((bytes & kHighBits<uint64_t>) == 0) {
      const uint64_t letters = letters_of(bytes);
      uint64_t begins = visible_of(bytes) & ~(letters << 8 | uint64_t{after_letter} << 7);
      for (; begins != 0; begins &= begins - 1) visit(at + std::countr_zero(begins) / 8);
      after_letter = letters >> 63 != 0;
      at += sizeof bytes;
      continue;
    }
    const FoldedUnit unit = fold_at(text, at);
    if (unit.first != ' ' && (!after_letter || is_spaceless(unit.first))) visit(at);
    after_letter = is_letter(unit.first);
    at += unit.raw_bytes;
  }
}

// A number for the word at `at`: of its first letters, at most `letters_max` of four, or of a sign; case is ignored.
// 0 where bytes outside ASCII are among them.
uint32_t opening(std::string_view text, size_t at, size_t letters_max) {
  uint32_t bytes = 0;
  if (text.size() - at >= sizeof bytes) {
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
  } else if (at < text.size()) {
    std::memcpy(&bytes, text.data() + at, text.size() - at);
  }
  if ((bytes & kHighBits<uint32_t>) != 0) return 0;
  const uint64_t ends = (~letters_of(bytes) & 0x80808000u) | uint64_t{1} << 39;  // the first byte stays, whatever it is
  const size_t kept = std::min<size_t>(std::countr_zero(ends) / 8, letters_max);
  return (bytes | each_byte<uint32_t>(0x20)) & static_cast<uint32_t>(~uint64_t{0} >> (64 - 8 * kept));
}

size_t slot(uint32_t number) { return number * 0x9E3779B1u >> 17; }

}  // namespace

inline bool StemTable::may_begin(std::string_view text, size_t at) const {
  const uint32_t number = opening(text, at, opening_letters_);
  return number == 0 || openings_[slot(number)];
}

StemTable::StemTable(std::span<const std::string_view> groups) : nodes_(1) {
  assert(groups.size() <= 32);
  const auto each_stem = [&](auto visit) {
    for (size_t group = 0; group < groups.size(); ++group) {
      any_of_words(groups[group], [&](std::string_view stem) { return visit(stem, uint32_t{1} << group), false; });
    }
  };
  each_stem([&](std::string_view stem, uint32_t group) {
    add(stem, group);
    opening_letters_ = std::min(opening_letters_, stem.size());
  });
  each_stem([&](std::string_view stem, uint32_t) { openings_.set(slot(opening(stem, 0, opening_letters_))); });
}

void StemTable::add(std::string_view stem, uint32_t group) {
  uint16_t node = kRoot;
  for (const char byte : stem) {
    uint16_t next = child(node, byte);
    if (next == 0) {
      assert(nodes_.size() < std::numeric_limits<uint16_t>::max());
      next = static_cast<uint16_t>(nodes_.size());
      nodes_.push_back({.sibling = nodes_[node].child, .byte = byte});
      nodes_[node].child = next;
      nodes_[node].following |= bit_of(byte);
      if (node == kRoot) beginnings_[static_cast<unsigned char>(byte)] = next;
    }
    node = next;
  }
  nodes_[node].groups |= group;
}

uint16_t StemTable::child(uint16_t node, char byte) const {
  if (node == kRoot) return beginnings_[static_cast<unsigned char>(byte)];
  if ((nodes_[node].following & bit_of(byte)) == 0) return 0;
  uint16_t found = nodes_[node].child;
  while (found != 0 && nodes_[found].byte != byte) found = nodes_[found].sibling;
  return found;
}

template <typename Visit>
void StemTable::walk(std::string_view text, size_t at, Visit visit) const {
  uint16_t node = kRoot;
  while (at < text.size()) {
    const FoldedUnit unit = fold_at(text, at);
    node = child(node, unit.first);
    if (node != 0 && unit.is_pair) node = child(node, unit.second);
    if (node == 0) return;
    at += unit.raw_bytes;
    if (unit.first == ' ') at = skip_blanks(text, at);
    if (nodes_[node].groups != 0) visit(nodes_[node], at);
  }
}

StemTable::Found StemTable::scan(std::string_view text, bool whole) const {
  text = without_blanks_behind(text);
  Found found;
  each_beginning(text, [&](size_t at) {
    if (!may_begin(text, at)) return;
    walk(text, at, [&](const Node& node, size_t end) {
      if (whole && !ends_word(text, end)) return;
      found.groups |= node.groups;
      found.end = std::max(found.end, end);
    });
  });
  return found;
}

StemTable::Found StemTable::prefixes(std::string_view text) const {
  Found found;
  const size_t begin = skip_blanks(text, 0);
  if (!may_begin(text, begin)) return found;
  text = without_blanks_behind(text);
  walk(text, begin, [&](const Node& node, size_t end) {
    found.groups |= node.groups;
    found.end = end;
  });
  return found;
}

uint32_t StemTable::exactly(std::string_view text) const {
  text = without_blanks_behind(text);
  uint32_t groups = 0;
  walk(text, skip_blanks(text, 0),
       [&](const Node& node, size_t end) { groups = end == text.size() ? node.groups : 0; });
  return groups;
}

}  // namespace custos::stage::clean
