#include "index/keyword/file/term_table.h"

#include <algorithm>
#include <cstring>

namespace custos::index {
namespace {

constexpr size_t kSlotsAtFirst = 1 << 14;

// The first eight bytes, so that comparing numbers is comparing bytes.
uint64_t leading_bytes(std::string_view key) {
  uint64_t bytes = 0;
  std::memcpy(&bytes, key.data(), std::min<size_t>(key.size(), sizeof bytes));
  return __builtin_bswap64(bytes);
}

}  // namespace

TermTable::TermTable() : slots_(kSlotsAtFirst) {}

TermTable::Place TermTable::place(char space, std::string_view key) const {
  uint64_t number = words_.key(key);
  const auto mark = static_cast<uint64_t>(static_cast<unsigned char>(space)) << 60;
  static_assert(kStemSpace == 1 && kWordSpace == 0);
  // Values and numbers are not told apart by their keys, but by their bytes.
  number = WordKeys::is_exact(number) && has_positions(space) ? number | mark : number | WordKeys::kLong;
  const uint64_t hash = words_.hash(number);
  __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  return {number, hash};
}

size_t TermTable::slot_of(char space, std::string_view wanted, Place place) const {
  const size_t mask = slots_.size() - 1;
  for (size_t at = place.hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.term == kNoTerm) return at;
    if (slot.key != place.key) continue;
    if (WordKeys::is_exact(place.key)) return at;
    const std::string_view held = key(slot.term);
    if (held[0] == space && held.substr(1) == wanted) return at;
  }
}

uint32_t TermTable::find(char space, std::string_view key) const {
  return slots_[slot_of(space, key, place(space, key))].term;
}

uint32_t TermTable::find_or_add(char space, std::string_view key, Place place) {
  size_t at = slot_of(space, key, place);
  if (slots_[at].term != kNoTerm) return slots_[at].term;
  if (terms_.size() * 2 >= slots_.size()) {
    grow();
    at = slot_of(space, key, place);
  }
  slots_[at] = {place.key, static_cast<uint32_t>(terms_.size())};
  WrittenTerm term;
  term.key_at = static_cast<uint32_t>(keys_.size());
  term.key_size = static_cast<uint8_t>(key.size() + 1);
  keys_ += space;
  keys_ += key;
  terms_.push_back(term);
  return slots_[at].term;
}

void TermTable::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.term == kNoTerm) continue;
    size_t at = words_.hash(slot.key) & mask;
    while (slots_[at].term != kNoTerm) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

std::vector<uint32_t> TermTable::sorted() const {
  struct Entry {
    uint64_t head;
    uint32_t term;
  };
  std::vector<Entry> entries;
  entries.reserve(terms_.size());
  for (uint32_t i = 0; i < terms_.size(); ++i) entries.push_back({leading_bytes(key(i)), i});
  std::sort(entries.begin(), entries.end(), [&](const Entry& a, const Entry& b) {
    return a.head != b.head ? a.head < b.head : key(a.term) < key(b.term);
  });
  std::vector<uint32_t> order;
  order.reserve(entries.size());
  for (const Entry& entry : entries) order.push_back(entry.term);
  return order;
}

}  // namespace custos::index
