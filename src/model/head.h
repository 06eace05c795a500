// Heads: small classifiers over the one pass of an encoder that also gives the vector. Text in, a score a label out.
//
// A head is linear in the means (and maxima) of the encoder's layers and in hashed n-grams of words and letters, and
// may look at how near the last mean is to prototypes of each label. Its weights are in head.safetensors, all else in
// card.json: what it was trained on, by which command, and how good it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/encoder.h"

namespace custos::model {

struct HeadFeatures {
  std::vector<uint32_t> layers;  // of the encoder, from 0, whose states are read; in rising order
  bool maxima = false;           // over the tokens, beside the means
  uint32_t bucket_bits = 16;     // n-grams of words are hashed into 2^bits buckets, those of letters into as many
  uint32_t words_max = 2;        // n-grams of 1 to so many words
  uint32_t letters_min = 3;      // n-grams of letters, within runs without space
  uint32_t letters_max = 5;
  std::vector<uint32_t> prototypes;  // how many each label has; empty: none is used
};

// Immutable and thread-safe.
class Head {
 public:
  virtual ~Head() = default;
  // Reads FOLDER/card.json and FOLDER/head.safetensors, and believes neither. kNotFound: a file is missing. kCorrupt
  // names the file and what is wrong. kUnsupported: made over another encoder (names both), or of a later form.
  [[nodiscard]] static Result<std::shared_ptr<const Head>> load(const std::filesystem::path& folder,
                                                                const Encoder& encoder);
  [[nodiscard]] virtual const std::string& task() const = 0;
  [[nodiscard]] virtual const std::vector<std::string>& labels() const = 0;
  // Each label is judged by itself; else a text has exactly one, and its scores add up to 1.
  [[nodiscard]] virtual bool multi_label() const = 0;
  // The task, "@", and 16 hex digits of a digest over all that decides a score: weights, labels, features, encoder.
  [[nodiscard]] virtual const std::string& version() const = 0;
};

// One thread's. Any number of heads share the encoder's pass and the n-grams.
class HeadSession {
 public:
  virtual ~HeadSession() = default;
  // REQUIRES: the heads were loaded for this encoder.
  [[nodiscard]] static Result<std::unique_ptr<HeadSession>> create(std::shared_ptr<const Encoder> encoder,
                                                                   std::vector<std::shared_ptr<const Head>> heads);
  // scores[h] becomes texts × labels of the head h, row-major, each from 0 to 1. The encoder reads the first
  // tokens_max() tokens of a text, n-grams are of its first 64 KiB. Appends each text's vector to `vectors` unless
  // null. The same text gives the same bits alone or among others.
  [[nodiscard]] virtual Status classify(std::span<const std::string_view> texts,
                                        std::vector<std::vector<float>>& scores, std::vector<float>* vectors) = 0;
};

}  // namespace custos::model
