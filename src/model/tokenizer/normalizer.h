// What BERT's uncased models make of a code point before words are looked up: HuggingFace's BertNormalizer and
// BertPreTokenizer, one code point at a time. Private to model/.
//
// Their tables of categories are of Unicode 8.0 (the Rust crate unicode_categories), so a mark, a format character or a
// punctuation that is younger is a letter to them, and to us. Canonical reordering of marks that are not dropped (a
// handful of scripts) is not done.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace custos::model {

enum class Kind : uint8_t {
  kDrop,  // control, format, private use, U+FFFD, and marks without width
  kSpace,
  kPunctuation,  // a word by itself
  kLetter,
  kWide,  // only of a byte: it belongs to a code point beyond ASCII, which `map` tells about
};

struct Letter {
  char32_t value = 0;
  Kind kind = Kind::kLetter;
};

// Immutable after construction, about 100 KiB.
class Normalizer {
 public:
  Normalizer();

  [[nodiscard]] Kind byte_kind(char byte) const { return byte_kinds_[static_cast<unsigned char>(byte)]; }
  // ASCII's capital letters as small ones, any other byte as it is.
  [[nodiscard]] unsigned char lower(char byte) const { return lower_[static_cast<unsigned char>(byte)]; }

  // Appends what `code_point` becomes: nothing, or letters, spaces and punctuation. REQUIRES: code_point >= 0x80.
  void map(char32_t code_point, std::vector<Letter>& out) const;

 private:
  static constexpr char32_t kTabled = 0x3100;  // Latin to kana
  static void compute(char32_t code_point, std::vector<Letter>& out);

  std::array<Kind, 256> byte_kinds_{};
  std::array<unsigned char, 256> lower_{};
  std::vector<Letter> letters_;
  std::vector<uint32_t> begins_;  // of each code point below kTabled in letters_, and the end
};

}  // namespace custos::model
