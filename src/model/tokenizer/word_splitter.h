// Cuts text into BERT's words and each word into pieces. Private to model/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

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
      const auto byte = static_cast<unsigned char>(text[at]);
      if (byte >= 0x80) {
        at += add_code_point(text, at);
        continue;
      }
      const Kind kind = normalizer.ascii_kind(byte);
      if (kind == Kind::kLetter) {
        at = add_ascii_run(text, at);
        continue;
      }
      ++at;
      switch (kind) {
        case Kind::kSpace:
          end_word();
          break;
        case Kind::kPunctuation:
          add_single({static_cast<char32_t>(byte), Kind::kPunctuation});
          break;
        default:
          break;
      }
    }
    end_word();
  }

 private:
  static constexpr size_t kCharactersMax = 100;  // a longer word is [UNK], as in HuggingFace's max_input_chars_per_word

  void add_ascii(char letter) {
    if (++characters_ <= kCharactersMax) word_[bytes_++] = letter;
  }

  // Letters of ASCII from `at` on; where they end.
  size_t add_ascii_run(std::string_view text, size_t at) {
    const Normalizer& normalizer = vocabulary_.normalizer();
    const size_t end = std::min(text.size(), at + kCharactersMax - std::min(characters_, kCharactersMax));
    const size_t begin = at;
    for (; at < end && normalizer.is_ascii_letter(static_cast<unsigned char>(text[at])); ++at) {
      word_[bytes_++] = normalizer.ascii_lower(static_cast<unsigned char>(text[at]));
    }
    characters_ += at - begin;
    if (at < end || at == text.size()) return at;
    for (; at < text.size() && normalizer.is_ascii_letter(static_cast<unsigned char>(text[at])); ++at) ++characters_;
    return at;
  }

  void add_letter(char32_t c) {
    if (c < 0x80) return add_ascii(static_cast<char>(c));
    if (++characters_ > kCharactersMax) return;
    if (c >= 0x10000) {
      put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F));
    } else if (c >= 0x800) {
      put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F));
    } else {
      put(0xC0 | c >> 6);
    }
    put(0x80 | (c & 0x3F));
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
      } else if (letter.kind == Kind::kSpace) {
        end_word();
      } else {
        add_single(letter);
      }
    }
    return code_point.length;
  }

  void add_single(Letter letter) {
    end_word();
    add_letter(letter.value);
    end_word();
  }

  void end_word() {
    if (characters_ == 0) return;
    const std::string_view word(word_, bytes_);
    if (characters_ > kCharactersMax) {
      emit_(vocabulary_.special_ids().unknown);
    } else if (const uint32_t id = vocabulary_.find_whole(word); id != Vocabulary::kNone) {
      emit_(id);
    } else {
      cut(word);
    }
    characters_ = 0;
    bytes_ = 0;
  }

  // Greedy longest match; one piece that is not there makes the whole word unknown.
  void cut(std::string_view word) {
    uint32_t pieces[kCharactersMax];
    size_t count = 0;
    while (!word.empty()) {
      const Vocabulary::Match match = vocabulary_.longest(word, count > 0);
      if (match.id == Vocabulary::kNone) return emit_(vocabulary_.special_ids().unknown);
      pieces[count++] = match.id;
      word.remove_prefix(match.bytes);
    }
    for (size_t i = 0; i < count; ++i) emit_(pieces[i]);
  }

  const Vocabulary& vocabulary_;
  Emit emit_;
  std::vector<Letter> letters_;
  size_t characters_ = 0;
  size_t bytes_ = 0;
  char word_[4 * kCharactersMax];
};

}  // namespace custos::model
