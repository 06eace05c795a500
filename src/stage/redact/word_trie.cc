#include "stage/redact/word_trie.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>

#include "base/utf8.h"

namespace custos::stage {
namespace {

std::string folded(std::string_view text, uint32_t& at) {
  const CodePoint code = utf8_decode(text, at);
  at += static_cast<uint32_t>(code.length);
  std::string out;
  utf8_append(out, static_cast<char32_t>(u_foldCase(static_cast<UChar32>(code.value), U_FOLD_CASE_DEFAULT)));
  return out;
}

constexpr size_t kFirstLeadByte = 0xC2;

}  // namespace

uint32_t WordTrie::add(std::string_view word) {
  std::string bytes;
  for (uint32_t at = 0; at < word.size();) bytes += folded(word, at);
  uint32_t node = 0;
  for (const char byte : bytes) {
    uint32_t next = step(node, byte);
    if (next == kNone) {
      next = static_cast<uint32_t>(nodes_.size());
      nodes_[node].edges.push_back({byte, next});
      nodes_.emplace_back();
    }
    node = next;
  }
  const char first = bytes.front();
  first_[static_cast<uint8_t>(first)] = step(0, first);
  if (first >= 'a' && first <= 'z') first_[static_cast<uint8_t>(first) & ~0x20U] = step(0, first);
  // Some letters beyond ASCII fold into it: the Kelvin sign.
  std::fill(first_.begin() + kFirstLeadByte, first_.end(), 0);
  if (nodes_[node].word == kNone) nodes_[node].word = size_++;
  return nodes_[node].word;
}

uint32_t WordTrie::step_folded(uint32_t node, std::string_view text, uint32_t& at) const {
  for (const char byte : folded(text, at)) {
    node = step(node, byte);
    if (node == kNone) return kNone;
  }
  return node;
}

}  // namespace custos::stage
