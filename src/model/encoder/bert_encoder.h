// The Encoder over BERT's weights.
#pragma once

#include <string>

#include "model/encoder.h"
#include "model/encoder/bert_weights.h"
#include "model/encoder/model_config.h"

namespace custos::model {

class BertEncoder final : public Encoder {
 public:
  // REQUIRES: the weights have the form that the configuration says; tokens_max is at most its positions, at least 2.
  BertEncoder(const Kernels& kernels, const ModelConfig& config, BertWeights weights, WordPiece tokenizer,
              uint32_t tokens_max, std::string_view name);

  [[nodiscard]] uint32_t width() const override { return config_.width; }
  [[nodiscard]] uint32_t layers() const override { return config_.layers; }
  [[nodiscard]] uint32_t tokens_max() const override { return tokens_max_; }
  [[nodiscard]] const WordPiece& tokenizer() const override { return tokenizer_; }
  [[nodiscard]] const std::string& version() const override { return version_; }
  [[nodiscard]] InstructionSet instructions() const override { return kernels_->instructions; }

  [[nodiscard]] const Kernels& kernels() const { return *kernels_; }
  [[nodiscard]] const ModelConfig& config() const { return config_; }
  [[nodiscard]] const BertWeights& weights() const { return weights_; }

 private:
  const Kernels* kernels_;
  ModelConfig config_;
  BertWeights weights_;
  WordPiece tokenizer_;
  uint32_t tokens_max_;
  std::string version_;
};

}  // namespace custos::model
