#include "model/tokenizer/trie.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

namespace custos::model {

// Places nodes breadth first: those with many children come while much is free, those with one fill the gaps.
class Trie::Builder {
 public:
  explicit Builder(std::span<const Entry> entries) : entries_(entries) {
    trie_.slots_.clear();
    trie_.values_.clear();
    add_block();
    take(kRoot);
  }

  Result<Trie> run() {
    open_.push_back({kRoot, 0, entries_.size(), 0});
    for (; !open_.empty(); open_.pop_front()) {
      if (trie_.slots_.size() > kSlotsMax) return Error{Code::kLimit, "more prefixes than a vocabulary of words has"};
      place_children(open_.front());
    }
    return std::move(trie_);
  }

 private:
  static constexpr size_t kBlock = 256;
  static constexpr int kTriesMax = 64;  // free slots tried before a new block: building stays linear

  // The entries that begin with the bytes that lead to `node`.
  struct Range {
    uint32_t node;
    size_t begin, end;
    size_t depth;
  };

  void place_children(Range range) {
    if (range.begin < range.end && entries_[range.begin].key.size() == range.depth) {
      trie_.slots_[range.node].is_key = 1;
      trie_.values_[range.node] = entries_[range.begin++].value;
    }
    labels_.clear();
    for (size_t i = range.begin; i < range.end; ++i) {
      const char label = entries_[i].key[range.depth];
      if (labels_.empty() || labels_.back() != label) labels_ += label;
    }
    if (labels_.empty()) return;
    const uint32_t base = find_base();
    trie_.slots_[range.node].base = base;
    for (size_t begin = range.begin, end = begin; begin < range.end; begin = end) {
      const char label = entries_[begin].key[range.depth];
      while (end < range.end && entries_[end].key[range.depth] == label) ++end;
      const uint32_t child = base ^ static_cast<unsigned char>(label);
      take(child);
      trie_.slots_[child].parent = range.node;
      open_.push_back({child, begin, end, range.depth + 1});
    }
  }

  // One for which a slot is free for each label.
  uint32_t find_base() {
    int tries = 0;
    for (uint32_t slot = next_free_[kRoot]; slot != kRoot && tries < kTriesMax; slot = next_free_[slot], ++tries) {
      const uint32_t base = slot ^ static_cast<unsigned char>(labels_.front());
      const auto fits = [&](char label) { return is_free_[base ^ static_cast<unsigned char>(label)]; };
      if (std::all_of(labels_.begin(), labels_.end(), fits)) return base;
    }
    return add_block();
  }

  // The list of free slots is a ring through the root, which is never free.
  uint32_t add_block() {
    const auto begin = static_cast<uint32_t>(trie_.slots_.size());
    const uint32_t end = begin + kBlock;
    trie_.slots_.resize(end);
    trie_.values_.resize(end, kNone);
    is_free_.resize(end, true);
    next_free_.resize(end);
    last_free_.resize(end);
    uint32_t last = begin == 0 ? kRoot : last_free_[kRoot];
    for (uint32_t slot = std::max(begin, kRoot + 1); slot < end; last = slot++) {
      last_free_[slot] = last;
      next_free_[last] = slot;
    }
    next_free_[last] = kRoot;
    last_free_[kRoot] = last;
    return begin;
  }

  void take(uint32_t slot) {
    is_free_[slot] = false;
    if (slot == kRoot) return;
    next_free_[last_free_[slot]] = next_free_[slot];
    last_free_[next_free_[slot]] = last_free_[slot];
  }

  std::span<const Entry> entries_;
  Trie trie_;
  std::deque<Range> open_;
  std::string labels_;  // of the node at hand
  std::vector<bool> is_free_;
  std::vector<uint32_t> next_free_, last_free_;
};

Result<Trie> Trie::build(std::span<const Entry> entries) { return Builder(entries).run(); }

}  // namespace custos::model
