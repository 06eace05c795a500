// What a head looks at: means (and maxima) of the encoder's layers over the tokens, and hashed n-grams of words and
// letters. Private to model/.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/encoder.h"
#include "model/head.h"
#include "model/tokenizer/normalizer.h"

namespace custos::model {

// Bytes of a text that n-grams are made of; the rest is passed over. The encoder reads its first tokens_max tokens.
inline constexpr size_t kNgramBytesMax = 64 << 10;

// Numbers in a row of dense features: means of the layers, one after the other, then their maxima.
[[nodiscard]] inline uint32_t dense_width(const HeadFeatures& features, uint32_t encoder_width) {
  return static_cast<uint32_t>(features.layers.size()) * encoder_width * (features.maxima ? 2 : 1);
}

// A visitor of the encoder that keeps each layer's means and maxima: for text t the row t of `rows`, all layers' means
// first. One for one call of embed_ids.
class LayerPools {
 public:
  LayerPools(uint32_t layers, uint32_t width, bool maxima) : layers_(layers), width_(width), maxima_(maxima) {}

  [[nodiscard]] uint32_t row_floats() const { return layers_ * width_ * (maxima_ ? 2 : 1); }
  void begin(size_t texts) { rows_.resize(texts * row_floats()), first_text_ = 0; }
  [[nodiscard]] LayerVisitor visitor();
  [[nodiscard]] std::span<const float> row(size_t text) const {
    return std::span(rows_).subspan(text * row_floats(), row_floats());
  }

 private:
  void take(uint32_t layer, std::span<const float> states, std::span<const uint32_t> begins);

  uint32_t layers_, width_;
  bool maxima_;
  size_t first_text_ = 0;  // of the batch that the encoder is at
  std::vector<float> rows_;
};

// Ids of the text with [CLS] and [SEP], cut to the encoder's tokens_max.
[[nodiscard]] std::vector<uint32_t> encoder_ids(const Encoder& encoder, std::string_view text);

// The n-grams of one text: how often each bucket was met. Buckets of words come first, then those of letters.
struct NgramCounts {
  std::vector<uint32_t> buckets;  // each once, in the order in which they were met
  std::vector<uint16_t> counts;
  size_t words = 0;  // of `buckets` that are of words
};

// Hashes n-grams into 2^bits buckets of words and as many of letters. Folded as the tokenizer folds (lower case, no
// accents, no marks of zero width). One thread's.
class NgramHasher {
 public:
  explicit NgramHasher(const HeadFeatures& features);
  [[nodiscard]] uint32_t buckets() const { return 2u << bits_; }
  void count(std::string_view text, NgramCounts& out);

 private:
  // A run without space, letters and punctuation, and its words.
  void add(const Letter& letter);
  void end_word();
  void end_chunk();
  void put_letters();
  void put(uint64_t hash, uint32_t offset, NgramCounts& out);

  Normalizer normalizer_;
  uint32_t bits_, words_max_, letters_min_, letters_max_;
  std::vector<uint16_t> tally_;  // of each bucket; zeros between texts
  std::vector<Letter> folded_;
  std::vector<char32_t> chunk_;
  std::vector<uint64_t> words_;  // hashes of the last words, the newest last
  uint64_t word_ = 0;            // of the word under way; 0: none
  NgramCounts word_counts_, letter_counts_;
};

// tf–idf of a text's n-grams: (1 + log count) × idf, words and letters each of length 1; buckets whose idf is 0 fall
// out.
struct SparseRow {
  std::vector<uint32_t> buckets;
  std::vector<float> values;
};
void weigh(const NgramCounts& counts, std::span<const float> idf, SparseRow& out);

}  // namespace custos::model
