// Chunks become vectors: the chunks of many records in one go, and no text twice.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "document/record.h"
#include "model/encoder.h"

namespace custos::stage {

// Vectors that were made earlier, by the digest of their text. One model's.
class VectorCache {
 public:
  virtual ~VectorCache() = default;
  // Fills `vector` and says true, or says false.
  [[nodiscard]] virtual Result<bool> find(const Digest& text, std::span<float> vector) = 0;
  // Told of each new vector. One that is only read keeps nothing.
  [[nodiscard]] virtual Status add(const Digest& /*text*/, std::span<const float> /*vector*/) { return {}; }
};

// BLAKE2b-256 of a chunk's text: what a cached vector is found by.
[[nodiscard]] Digest text_digest(const document::Record& record, const document::Chunk& chunk);

// Texts that are embedded between two looks at the stop token: about a second's work.
inline constexpr size_t kTextsAtOnce = 64;

// For one thread.
class Embedder {
 public:
  // `cache` may be null.
  Embedder(std::unique_ptr<model::EncoderSession> session, uint32_t width, VectorCache* cache)
      : session_(std::move(session)), width_(width), cache_(cache) {}

  // Fills Record::vectors of all records: chunks × width, each of length 1. kCancelled soon after `stop`; what was
  // embedded until then is in the cache.
  [[nodiscard]] Status embed(std::span<document::Record* const> records, const std::stop_token& stop = {});

  // By the encoder, not the cache: texts, and their bytes.
  [[nodiscard]] uint64_t embedded() const { return embedded_; }
  [[nodiscard]] uint64_t bytes() const { return bytes_; }

 private:
  struct Place {
    document::Record* record;
    size_t chunk;
  };
  [[nodiscard]] Status look_up(std::span<document::Record* const> records, std::vector<Place>& missing);
  // Appends the vectors of `texts`, and adds them to the cache.
  [[nodiscard]] Status embed_texts(std::span<const std::string_view> texts, std::vector<float>& vectors);

  std::unique_ptr<model::EncoderSession> session_;
  uint32_t width_;
  VectorCache* cache_;
  uint64_t embedded_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace custos::stage
