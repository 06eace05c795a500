// The weights of a BERT as its safetensors file names them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/result.h"
#include "model/encoder/bert_layer.h"

namespace custos::model {

struct BertWeights {
  std::vector<float> words;      // vocabulary × width
  std::vector<float> positions;  // positions × width, each with the embedding of token type 0 added
  LayerNorm after_embedding;
  std::vector<BertLayer> layers;
  uint64_t digest = 0;  // over all of them

  // Names begin with "bert." or not; LayerNorm.weight may be called LayerNorm.gamma, as in older files.
  [[nodiscard]] static Result<BertWeights> load(const std::filesystem::path& path, const ModelConfig& config,
                                                const Kernels& kernels);
};

}  // namespace custos::model
