// Many words or word beginnings, in groups, looked for in one pass over a text.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace custos::stage::clean {

// A trie of folded stems, walked through text that is folded on the way: no copy is made. Texts may be folded already.
// Immutable. At most 32 groups and 65,535 bytes of stems.
class StemTable {
 public:
  struct Found {
    uint32_t groups = 0;  // bit i: a stem of group i
    size_t end = 0;       // where the stem that ends last, or the longest, ends
  };

  // Group i has the stems of groups[i], folded and separated by "|".
  explicit StemTable(std::span<const std::string_view> groups);

  // The stems that begin a word of `text`. Scripts without blanks match anywhere.
  [[nodiscard]] Found find(std::string_view text) const { return scan(text, false); }
  // The stems that are whole words of it.
  [[nodiscard]] Found find_words(std::string_view text) const { return scan(text, true); }
  // The stems that `text` begins with, blanks apart, whatever follows them.
  [[nodiscard]] Found prefixes(std::string_view text) const;
  // The groups of the stem that `text` is, blanks at its ends apart; 0 where it is none.
  [[nodiscard]] uint32_t exactly(std::string_view text) const;

 private:
  struct Node {
    uint32_t groups = 0;     // of the stem that ends here
    uint32_t following = 0;  // bit b: a child's byte is b modulo 32
    uint16_t child = 0;      // the first; 0: none
    uint16_t sibling = 0;    // the next; 0: none
    char byte = 0;
  };
  static constexpr uint16_t kRoot = 0;

  void add(std::string_view stem, uint32_t group);
  [[nodiscard]] uint16_t child(uint16_t node, char byte) const;
  // Calls visit(node, end) wherever a stem that begins at `at` ends.
  template <typename Visit>
  void walk(std::string_view text, size_t at, Visit visit) const;
  [[nodiscard]] Found scan(std::string_view text, bool whole) const;

  // Whether a stem may begin there: of most words of a text none does.
  [[nodiscard]] bool may_begin(std::string_view text, size_t at) const;

  std::vector<Node> nodes_;
  std::array<uint16_t, 256> beginnings_{};  // the root's children by their byte
  std::bitset<size_t{1} << 15> openings_;   // of the stems, by their first letters
  size_t opening_letters_ = 4;              // fewer where a stem is shorter
};

}  // namespace custos::stage::clean
