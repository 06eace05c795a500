#include "stage/clean/stem_table.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "stage/clean/fold.h"

namespace custos::stage::clean {
namespace {

size_t bucket_at(std::string_view text, size_t at) {
  const size_t first = static_cast<unsigned char>(text[at]);
  const size_t second = static_cast<unsigned char>(text[at + 1]);
  return (first * 37 + second * 5 + (first << 5 ^ second)) & 4095;
}

bool is_spaceless(char c) { return static_cast<unsigned char>(c) >= 0xE3; }

// The first four bytes at `at`, zeros behind the end.
uint32_t beginning_at(std::string_view text, size_t at) {
  uint32_t word = 0;
  if (text.size() - at >= sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
  } else {
    std::memcpy(&word, text.data() + at, text.size() - at);
  }
  return word;
}

bool ends_word(std::string_view text, size_t end) {
  return end == text.size() || !is_letter(text[end]) || is_spaceless(text[end - 1]) || is_spaceless(text[end]);
}

}  // namespace

StemTable::StemTable(std::span<const std::string_view> groups) {
  assert(groups.size() <= 32);
  for (size_t group = 0; group < groups.size(); ++group) {
    any_of_words(groups[group], [&](std::string_view stem) {
      assert(stem.size() >= 2);
      uint16_t& head = heads_[bucket_at(stem, 0)];
      const uint32_t mask = stem.size() >= 4 ? ~uint32_t{0} : (uint32_t{1} << 8 * stem.size()) - 1;
      stems_.push_back({stem, uint32_t{1} << group, beginning_at(stem, 0), mask, head});
      head = static_cast<uint16_t>(stems_.size());
      return false;
    });
  }
}

StemTable::Found StemTable::scan(std::string_view folded_text, bool whole) const {
  Found found;
  bool after_letter = false;
  for (size_t at = 0; at + 1 < folded_text.size(); ++at) {
    const bool begins_word = !after_letter || is_spaceless(folded_text[at]);
    after_letter = is_letter(folded_text[at]);
    if (!begins_word) continue;
    const uint32_t beginning = beginning_at(folded_text, at);
    for (uint16_t i = heads_[bucket_at(folded_text, at)]; i != 0; i = stems_[i - 1].next) {
      const Stem& stem = stems_[i - 1];
      if ((beginning & stem.mask) != stem.beginning) continue;
      const size_t end = at + stem.text.size();
      if (folded_text.compare(at, stem.text.size(), stem.text) != 0 || (whole && !ends_word(folded_text, end)))
        continue;
      found.groups |= stem.group;
      found.end = std::max(found.end, end);
    }
  }
  return found;
}

StemTable::Found StemTable::prefixes(std::string_view folded_text) const {
  Found found;
  if (folded_text.size() < 2) return found;
  for (uint16_t i = heads_[bucket_at(folded_text, 0)]; i != 0; i = stems_[i - 1].next) {
    const Stem& stem = stems_[i - 1];
    if (!folded_text.starts_with(stem.text)) continue;
    found.groups |= stem.group;
    found.end = std::max(found.end, stem.text.size());
  }
  return found;
}

}  // namespace custos::stage::clean
