// What a model's folder says of its form: config.json, and sentence-transformers' 1_Pooling/config.json.
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "model/encoder.h"
#include "model/encoder/kernel.h"

namespace custos::model {

struct ModelConfig {
  uint32_t width = 0;        // hidden_size, a multiple of 16
  uint32_t inner_width = 0;  // intermediate_size, a multiple of 16
  uint32_t layers = 0;
  uint32_t heads = 0;
  uint32_t positions = 0;
  uint32_t types = 0;
  uint32_t vocabulary = 0;
  float epsilon = 0;
  Activation activation = Activation::kGelu;
  Pooling pooling = Pooling::kMean;

  [[nodiscard]] uint32_t head_width() const { return width / heads; }
};

// kNotFound, kCorrupt, or kUnsupported with the file and the field.
[[nodiscard]] Result<ModelConfig> load_model_config(const std::filesystem::path& folder);

}  // namespace custos::model
