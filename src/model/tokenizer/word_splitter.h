// Cuts text into BERT's words and each word into pieces. Private to model/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/ascii.h"
#include "base/utf8.h"
#include "model/tokenizer/vocabulary.h"

namespace custos::model {

// `Emit` is called with each id. One use for one text.
template <typename Emit>
class WordSplitter {
 public:
  WordSplitter(const Vocabulary& vocabulary, Emit emit) : vocabulary_(vocabulary), emit_(emit) {}

  void split(std::string_view text) {
    const Normalizer& normalizer = vocabulary_.normalizer();
    for (size_t at = 0; at < text.size();) {
      switch (normalizer.byte_kind(text[at])) {
        case Kind::kSpace:
          end_word();
          ++at;
          break;
        case Kind::kPunctuation:
          end_word();
          look_up(text.substr(at++, 1));
          break;
        case Kind::kLetter:
          at = add_ascii_run(text, at);
          break;
        case Kind::kDrop:
          ++at;
          break;
        case Kind::kWide:
          at += add_code_point(text, at);
          break;
      }
    }
    end_word();
  }

 private:
  static constexpr size_t kCharactersMax = 100;  // a longer word is [UNK], as in HuggingFace's max_input_chars_per_word
  static constexpr size_t kBytesMax = 4 * kCharactersMax;

  // Letters and digits of ASCII from `at` on; where they end. Nearly every word is one such run.
  size_t add_ascii_run(std::string_view text, size_t at) {
    const size_t size = ascii_run_length(text, at);
    const size_t end = at + size;
    const Kind next = end < text.size() ? vocabulary_.normalizer().byte_kind(text[end]) : Kind::kSpace;
    if (characters_ == 0 && (next == Kind::kSpace || next == Kind::kPunctuation)) {
      look_up_run(text, at, size);
      return end;
    }
    bytes_ += text.copy(word_ + bytes_, std::min(size, kCharactersMax - std::min(characters_, kCharactersMax)), at);
    characters_ += size;
    return end;
  }

  void look_up_run(std::string_view text, size_t at, size_t size) {
    if (size > kCharactersMax) return emit_unknown();
    if (size <= ShortWords::kBytesMax) {
      const ShortWords& words = vocabulary_.short_words();
      const size_t slot = words.slot_of(ShortWords::key_at(text, at, size));
      if (words.has(slot)) return emit_(words.id(slot));
    }
    look_up(text.substr(at, size));
  }

  void emit_unknown() { emit_(vocabulary_.special_ids().unknown); }

  void add_letter(char32_t c) {
    if (++characters_ > kCharactersMax) return;
    if (c >= 0x10000) {
      put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F));
    } else if (c >= 0x800) {
      put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F));
    } else if (c >= 0x80) {
      put(0xC0 | c >> 6);
    }
    put(c < 0x80 ? c : 0x80 | (c & 0x3F));
  }
  void put(char32_t byte) { word_[bytes_++] = static_cast<char>(byte); }

  size_t add_code_point(std::string_view text, size_t at) {
    const CodePoint code_point = utf8_decode(text, at);
    if (utf8_sequence_length(text, at) == 0) return code_point.length;
    letters_.clear();
    vocabulary_.normalizer().map(code_point.value, letters_);
    for (const Letter letter : letters_) {
      if (letter.kind == Kind::kLetter) {
        add_letter(letter.value);
      } else {
        end_word();
        if (letter.kind == Kind::kPunctuation) add_letter(letter.value), end_word();
      }
    }
    return code_point.length;
  }

  void end_word() {
    if (characters_ == 0) return;
    characters_ <= kCharactersMax ? look_up({word_, bytes_}) : emit_unknown();
    characters_ = 0;
    bytes_ = 0;
  }

  // Greedy longest match; one piece that is not there makes the whole word unknown. Capital letters of ASCII are folded
  // here, all others were before. REQUIRES: at most kBytesMax.
  void look_up(std::string_view word) {
    const Trie& trie = vocabulary_.trie();
    const Normalizer& normalizer = vocabulary_.normalizer();
    uint32_t pieces[kBytesMax];
    size_t count = 0;
    uint32_t node = Trie::kRoot;
    for (size_t begin = 0; begin < word.size(); node = vocabulary_.continuation()) {
      size_t end = begin;
      uint32_t piece = Trie::kNone;
      for (size_t at = begin; at < word.size() && node != Trie::kNone;) {
        node = trie.next(node, normalizer.lower(word[at++]));
        if (node != Trie::kNone && trie.is_key(node)) piece = node, end = at;
      }
      if (piece == Trie::kNone) return emit_unknown();
      pieces[count++] = piece;
      begin = end;
    }
    for (size_t i = 0; i < count; ++i) emit_(trie.value(pieces[i]));
  }

  const Vocabulary& vocabulary_;
  Emit emit_;
  std::vector<Letter> letters_;
  size_t characters_ = 0;  // of the word that is being gathered in word_
  size_t bytes_ = 0;
  char word_[kBytesMax];
};

}  // namespace custos::model
