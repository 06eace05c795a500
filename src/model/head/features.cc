#include "model/head/features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/utf8.h"

namespace custos::model {
namespace {

constexpr uint64_t kMultiplier = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
constexpr size_t kChunkLettersMax = 100;              // the rest of a longer run has no n-grams of letters
constexpr uint16_t kCountMax = 60000;

uint64_t mix(uint64_t hash, uint64_t next) {
  hash = (hash ^ next) * kMultiplier;
  return hash ^ hash >> 29;
}

float term_weight(uint16_t count) {
  static const auto kTable = [] {
    std::array<float, 64> table{};
    for (size_t i = 1; i < table.size(); ++i) table[i] = static_cast<float>(1 + std::log(static_cast<double>(i)));
    return table;
  }();
  return count < kTable.size() ? kTable[count] : static_cast<float>(1 + std::log(static_cast<double>(count)));
}

// Values from `first` on get the length 1.
void normalize(std::vector<float>& values, size_t first) {
  double square = 0;
  for (size_t i = first; i < values.size(); ++i) square += static_cast<double>(values[i]) * values[i];
  if (square == 0) return;
  const auto scale = static_cast<float>(1 / std::sqrt(square));
  for (size_t i = first; i < values.size(); ++i) values[i] *= scale;
}

constexpr uint32_t kBlock = 32;

// A few columns of `count` rows at once, so that their sums stay in registers.
template <uint32_t kColumns>
void pool_columns(const float* first, uint32_t count, uint32_t stride, float* means, float* maxima) {
  std::array<float, kColumns> sums, most;
  std::copy_n(first, kColumns, sums.begin());
  most = sums;
  for (uint32_t row = 1; row < count; ++row) {
    const float* const state = first + size_t{row} * stride;
    for (uint32_t i = 0; i < kColumns; ++i) sums[i] += state[i];
    for (uint32_t i = 0; i < kColumns; ++i) most[i] = std::max(most[i], state[i]);
  }
  const float scale = 1.0f / static_cast<float>(count);
  for (uint32_t i = 0; i < kColumns; ++i) means[i] = sums[i] * scale;
  if (maxima != nullptr) std::copy(most.begin(), most.end(), maxima);
}

}  // namespace

LayerVisitor LayerPools::visitor() {
  return [this](uint32_t layer, std::span<const float> states, std::span<const uint32_t> begins) {
    take(layer, states, begins);
  };
}

void LayerPools::take(uint32_t layer, std::span<const float> states, std::span<const uint32_t> begins) {
  const size_t texts = begins.size() - 1;
  for (size_t text = 0; text < texts; ++text) {
    float* const means = rows_.data() + (first_text_ + text) * row_floats() + size_t{layer} * width_;
    float* const maxima = maxima_ ? means + size_t{layers_} * width_ : nullptr;
    const float* const first = states.data() + size_t{begins[text]} * width_;
    const uint32_t count = begins[text + 1] - begins[text];
    uint32_t column = 0;
    for (; column + kBlock <= width_; column += kBlock) {
      pool_columns<kBlock>(first + column, count, width_, means + column, maxima_ ? maxima + column : nullptr);
    }
    for (; column < width_; ++column) {
      pool_columns<1>(first + column, count, width_, means + column, maxima_ ? maxima + column : nullptr);
    }
  }
  if (layer + 1 == layers_) first_text_ += texts;
}

std::vector<uint32_t> encoder_ids(const Encoder& encoder, std::string_view text) {
  const WordPiece::SpecialIds& special = encoder.tokenizer().special_ids();
  std::vector<uint32_t> ids = {special.begin};
  encoder.tokenizer().encode(text, ids);
  ids.resize(std::min<size_t>(ids.size(), encoder.tokens_max() - 1));
  ids.push_back(special.separator);
  return ids;
}

NgramHasher::NgramHasher(const HeadFeatures& features)
    : bits_(features.bucket_bits),
      words_max_(features.words_max),
      letters_min_(features.letters_min),
      letters_max_(features.letters_max),
      tally_(size_t{2} << features.bucket_bits) {}

void NgramHasher::put(uint64_t hash, uint32_t offset, NgramCounts& out) {
  const uint32_t bucket = offset + static_cast<uint32_t>(hash * kMultiplier >> (64 - bits_));
  uint16_t& tally = tally_[bucket];
  if (tally == 0) out.buckets.push_back(bucket);
  if (tally < kCountMax) ++tally;
}

void NgramHasher::end_word() {
  if (word_ == 0) return;
  words_.push_back(word_);
  word_ = 0;
  uint64_t hash = 0;
  for (uint32_t n = 1; n <= words_max_ && n <= words_.size(); ++n) {
    hash = mix(hash, words_[words_.size() - n]);
    put(hash + n, 0, word_counts_);
  }
  if (words_.size() > 64) words_.erase(words_.begin(), words_.end() - words_max_);
}

void NgramHasher::put_letters() {
  for (size_t begin = 0; begin < chunk_.size(); ++begin) {
    uint64_t hash = 0;
    const size_t most = std::min<size_t>(letters_max_, chunk_.size() - begin);
    for (uint32_t n = 1; n <= most; ++n) {
      hash = mix(hash, chunk_[begin + n - 1]);
      if (n >= letters_min_) put(hash + n, 1u << bits_, letter_counts_);
    }
  }
}

void NgramHasher::end_chunk() {
  end_word();
  if (chunk_.size() > 1) {
    chunk_.push_back(' ');
    if (letters_max_ > 0) put_letters();
  }
  chunk_.assign(1, ' ');
}

void NgramHasher::add(const Letter& letter) {
  if (letter.kind == Kind::kSpace) return end_chunk();
  if (chunk_.size() <= kChunkLettersMax) chunk_.push_back(letter.value);
  if (letter.kind == Kind::kPunctuation) end_word();
  word_ = mix(word_ + 1, letter.value) | 1;
  if (letter.kind == Kind::kPunctuation) end_word();
}

void NgramHasher::count(std::string_view text, NgramCounts& out) {
  text = utf8_truncated(text, kNgramBytesMax);
  for (NgramCounts* counts : {&word_counts_, &letter_counts_, &out}) counts->buckets.clear(), counts->counts.clear();
  words_.clear();
  word_ = 0;
  chunk_.assign(1, ' ');
  for (size_t at = 0; at < text.size();) {
    const Kind kind = normalizer_.byte_kind(text[at]);
    if (kind != Kind::kWide) {
      if (kind != Kind::kDrop) add({normalizer_.lower(text[at]), kind});
      ++at;
      continue;
    }
    const CodePoint point = utf8_decode(text, at);
    folded_.clear();
    if (utf8_sequence_length(text, at) != 0) normalizer_.map(point.value, folded_);
    for (const Letter& letter : folded_) add(letter);
    at += point.length;
  }
  end_chunk();
  out.words = word_counts_.buckets.size();
  out.buckets = word_counts_.buckets;
  out.buckets.insert(out.buckets.end(), letter_counts_.buckets.begin(), letter_counts_.buckets.end());
  for (const uint32_t bucket : out.buckets) out.counts.push_back(std::exchange(tally_[bucket], uint16_t{0}));
}

void weigh(const NgramCounts& counts, std::span<const float> idf, SparseRow& out) {
  out.buckets.clear();
  out.values.clear();
  size_t first = 0;
  for (size_t i = 0; i < counts.buckets.size(); ++i) {
    if (i == counts.words) normalize(out.values, 0), first = out.values.size();
    const float rarity = idf[counts.buckets[i]];
    if (rarity == 0) continue;
    out.buckets.push_back(counts.buckets[i]);
    out.values.push_back(term_weight(counts.counts[i]) * rarity);
  }
  normalize(out.values, counts.buckets.size() > counts.words ? first : 0);
}

}  // namespace custos::model
