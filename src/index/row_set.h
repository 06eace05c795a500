// Some rows of one segment, as bits: what filters leave and what a search may return.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace custos::index {

class RowSet {
 public:
  RowSet() = default;
  explicit RowSet(uint32_t rows, bool all = false) : rows_(rows), words_((rows + 63) / 64, all ? ~uint64_t{0} : 0) {
    trim();
  }

  [[nodiscard]] uint32_t rows() const { return rows_; }
  [[nodiscard]] bool contains(uint32_t row) const { return (words_[row / 64] >> (row % 64) & 1) != 0; }
  void add(uint32_t row) { words_[row / 64] |= uint64_t{1} << (row % 64); }
  void remove(uint32_t row) { words_[row / 64] &= ~(uint64_t{1} << (row % 64)); }

  [[nodiscard]] uint32_t count() const {
    uint32_t count = 0;
    for (const uint64_t word : words_) count += static_cast<uint32_t>(std::popcount(word));
    return count;
  }

  // REQUIRES of these: the same rows().
  RowSet& operator&=(const RowSet& other) {
    assert(rows_ == other.rows_);
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  RowSet& operator|=(const RowSet& other) {
    assert(rows_ == other.rows_);
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  void invert() {
    for (uint64_t& word : words_) word = ~word;
    trim();
  }

  // Ascending.
  template <typename Visit>
  void for_each(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i) {
      for (uint64_t word = words_[i]; word != 0; word &= word - 1) {
        visit(static_cast<uint32_t>(i * 64 + static_cast<size_t>(std::countr_zero(word))));
      }
    }
  }

  friend bool operator==(const RowSet&, const RowSet&) = default;

 private:
  void trim() {
    if (rows_ % 64 != 0) words_.back() &= (uint64_t{1} << (rows_ % 64)) - 1;
  }

  uint32_t rows_ = 0;
  std::vector<uint64_t> words_;
};

}  // namespace custos::index
