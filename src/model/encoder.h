// A BERT-family encoder: text in, one vector out. Any folder of config.json, vocab.txt and model.safetensors loads.
//
// Devlin et al., "BERT" (2019); Reimers and Gurevych, "Sentence-BERT" (2019) for the pooling.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/tokenizer.h"

namespace custos::model {

enum class Pooling : uint8_t { kMean, kFirst };  // over all tokens, or of [CLS]

// Which arithmetic is used. kBest: the last of these that this machine has. kAmx also needs Linux to grant its tiles.
enum class InstructionSet : uint8_t { kBest, kPortable, kAvx2, kAvx512, kAvx512Bf16, kAmx };

struct EncoderOptions {
  uint32_t tokens_max = 256;  // longer texts are cut, special tokens included; at most the model's positions
  InstructionSet instructions = InstructionSet::kBest;
};

// Called after each layer with the hidden states of the tokens of the batch: `states` is tokens × width, row-major;
// `begins[i]` is the first row of text i, begins.back() the number of rows. Valid during the call.
using LayerVisitor =
    std::function<void(uint32_t layer, std::span<const float> states, std::span<const uint32_t> begins)>;

// Immutable weights, shared between threads.
class Encoder {
 public:
  virtual ~Encoder() = default;
  // kNotFound: a file is missing. kCorrupt names the file, the tensor and what is wrong: truncated, shape, data type.
  // kUnsupported: not a BERT (names the field of config.json).
  [[nodiscard]] static Result<std::shared_ptr<const Encoder>> load(const std::filesystem::path& folder,
                                                                   const EncoderOptions& options);
  [[nodiscard]] virtual uint32_t width() const = 0;
  [[nodiscard]] virtual uint32_t layers() const = 0;
  [[nodiscard]] virtual uint32_t tokens_max() const = 0;
  [[nodiscard]] virtual const WordPiece& tokenizer() const = 0;
  // The folder's name, and 16 hex digits of a digest over all that decides a vector: weights, vocabulary, pooling,
  // tokens_max. Vectors of two versions must not be compared.
  [[nodiscard]] virtual const std::string& version() const = 0;
  [[nodiscard]] virtual InstructionSet instructions() const = 0;
};

// What one thread needs to run an encoder. Not thread-safe.
class EncoderSession {
 public:
  virtual ~EncoderSession() = default;
  [[nodiscard]] static Result<std::unique_ptr<EncoderSession>> create(std::shared_ptr<const Encoder> encoder);

  // Appends texts.size() × width floats: a vector of length 1 for each text, in their order. The same text gives the
  // same bits alone or among others. Any number of texts: they are taken in batches of bounded size, without padding.
  [[nodiscard]] virtual Status embed(std::span<const std::string_view> texts, std::vector<float>& vectors) = 0;
  // The same for token ids (special ones included) of at most tokens_max() each; kInvalidArgument for an id that the
  // vocabulary lacks or an empty text. `visit` may be empty.
  [[nodiscard]] virtual Status embed_ids(std::span<const std::vector<uint32_t>> texts, std::vector<float>& vectors,
                                         const LayerVisitor& visit) = 0;
};

}  // namespace custos::model
