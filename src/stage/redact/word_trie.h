// Many words looked for at one place of a text, case aside.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace custos::stage {

// Immutable once filled. Letters are compared by Unicode's simple case folding.
class WordTrie {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  // Words are numbered as they are added, from 0; the same word keeps its number. REQUIRES: not empty, UTF-8.
  uint32_t add(std::string_view word);
  [[nodiscard]] uint32_t size() const { return size_; }

  // Whether a word may begin with this byte of a text.
  [[nodiscard]] bool may_begin(char byte) const { return first_[static_cast<uint8_t>(byte)] != kNone; }

  // Calls `found(word, end)` for each word that stands at `begin` and ends by `end_max`, shorter ones first.
  // REQUIRES: `text` is UTF-8, a character begins at `begin`, and begin < end_max, where one ends.
  template <typename Found>
  void find_at(std::string_view text, uint32_t begin, uint32_t end_max, Found&& found) const {
    uint32_t node = first_[static_cast<uint8_t>(text[begin])];
    uint32_t at = begin + 1;
    if (static_cast<uint8_t>(text[begin]) >= 0x80) node = step_folded(0, text, at = begin);
    while (node != kNone) {
      if (nodes_[node].word != kNone) found(nodes_[node].word, at);
      if (at >= end_max) return;
      node = step_character(node, text, at);
    }
  }

 private:
  struct Edge {
    char byte;
    uint32_t node;
  };
  struct Node {
    uint32_t word = kNone;
    std::vector<Edge> edges;
  };

  static constexpr std::array<uint32_t, 256> none_of_each() {
    std::array<uint32_t, 256> out{};
    out.fill(kNone);
    return out;
  }
  [[nodiscard]] uint32_t step(uint32_t node, char byte) const {
    for (const Edge edge : nodes_[node].edges) {
      if (edge.byte == byte) return edge.node;
    }
    return kNone;
  }
  [[nodiscard]] uint32_t step_character(uint32_t node, std::string_view text, uint32_t& at) const {
    const char byte = text[at];
    if (static_cast<uint8_t>(byte) >= 0x80) return step_folded(node, text, at);
    ++at;
    return step(node, byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte);
  }
  [[nodiscard]] uint32_t step_folded(uint32_t node, std::string_view text, uint32_t& at) const;

  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::array<uint32_t, 256> first_ = none_of_each();  // what a byte leads to; of bytes beyond ASCII, that something is
  uint32_t size_ = 0;
};

}  // namespace custos::stage
