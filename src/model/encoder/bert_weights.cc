#include "model/encoder/bert_weights.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

#include "model/encoder/safetensors.h"

namespace custos::model {
namespace {

class WeightReader {
 public:
  WeightReader(SafetensorsFile& file, const ModelConfig& config, const Kernels& kernels)
      : file_(file), config_(config), kernels_(kernels) {
    if (file.has("bert.embeddings.word_embeddings.weight")) prefix_ = "bert.";
  }

  Result<std::vector<float>> matrix(std::string_view name, uint32_t rows, uint32_t columns) {
    return file_.read(fmt::format("{}{}", prefix_, name), std::array{rows, columns});
  }
  Result<std::vector<float>> vector(std::string_view name, uint32_t size) {
    return file_.read(fmt::format("{}{}", prefix_, name), std::array{size});
  }

  Result<LayerNorm> layer_norm(std::string_view name) {
    const bool old = file_.has(fmt::format("{}{}.gamma", prefix_, name));
    LayerNorm norm{.epsilon = config_.epsilon};
    ASSIGN_OR_RETURN(norm.gain, vector(fmt::format("{}.{}", name, old ? "gamma" : "weight"), config_.width));
    ASSIGN_OR_RETURN(norm.bias, vector(fmt::format("{}.{}", name, old ? "beta" : "bias"), config_.width));
    return norm;
  }

  Result<Linear> linear(std::string_view name, uint32_t columns, uint32_t depth) {
    ASSIGN_OR_RETURN(const auto weights, matrix(fmt::format("{}.weight", name), columns, depth));
    ASSIGN_OR_RETURN(const auto bias, vector(fmt::format("{}.bias", name), columns));
    return Linear(kernels_, weights, bias, depth);
  }

  // Queries, keys and values one below the other.
  Result<Linear> projections(std::string_view layer) {
    std::vector<float> weights, bias;
    for (const std::string_view part : {"query", "key", "value"}) {
      const std::string name = fmt::format("{}.attention.self.{}", layer, part);
      ASSIGN_OR_RETURN(const auto part_weights, matrix(name + ".weight", config_.width, config_.width));
      ASSIGN_OR_RETURN(const auto part_bias, vector(name + ".bias", config_.width));
      weights.insert(weights.end(), part_weights.begin(), part_weights.end());
      bias.insert(bias.end(), part_bias.begin(), part_bias.end());
    }
    return Linear(kernels_, weights, bias, config_.width);
  }

  Result<std::vector<BertLayer::Slice>> slices(const std::string& inner, const std::string& outer) {
    const uint32_t width = config_.width, all = config_.inner_width;
    ASSIGN_OR_RETURN(const auto inner_weights, matrix(inner + ".weight", all, width));
    ASSIGN_OR_RETURN(const auto inner_bias, vector(inner + ".bias", all));
    ASSIGN_OR_RETURN(const auto outer_weights, matrix(outer + ".weight", width, all));
    ASSIGN_OR_RETURN(auto outer_bias, vector(outer + ".bias", width));
    std::vector<BertLayer::Slice> made;
    for (uint32_t begin = 0; begin < all; begin += BertLayer::kSliceWidth) {
      const uint32_t count = std::min(BertLayer::kSliceWidth, all - begin);
      std::vector<float> part;
      for (size_t row = 0; row < width; ++row) {
        const auto from = outer_weights.begin() + static_cast<ptrdiff_t>(row * all + begin);
        part.insert(part.end(), from, from + count);
      }
      made.push_back({Linear(kernels_, std::span(inner_weights).subspan(size_t{begin} * width, size_t{count} * width),
                             std::span(inner_bias).subspan(begin, count), width),
                      Linear(kernels_, part, outer_bias, count)});
      outer_bias.clear();  // it is added once
    }
    return made;
  }

  Result<BertLayer> layer(uint32_t number) {
    const std::string name = fmt::format("encoder.layer.{}", number);
    ASSIGN_OR_RETURN(Linear qkv, projections(name));
    ASSIGN_OR_RETURN(Linear after_context, linear(name + ".attention.output.dense", config_.width, config_.width));
    ASSIGN_OR_RETURN(LayerNorm after_attention, layer_norm(name + ".attention.output.LayerNorm"));
    ASSIGN_OR_RETURN(std::vector<BertLayer::Slice> inner, slices(name + ".intermediate.dense", name + ".output.dense"));
    ASSIGN_OR_RETURN(LayerNorm after_inner, layer_norm(name + ".output.LayerNorm"));
    return BertLayer({std::move(qkv), std::move(after_context), std::move(after_attention), std::move(inner),
                      std::move(after_inner)},
                     config_.activation);
  }

  // Only the first of a text's two segments is used, so that its type's embedding belongs to every position.
  Result<std::vector<float>> positions() {
    ASSIGN_OR_RETURN(auto table, matrix("embeddings.position_embeddings.weight", config_.positions, config_.width));
    ASSIGN_OR_RETURN(const auto types, matrix("embeddings.token_type_embeddings.weight", config_.types, config_.width));
    for (size_t i = 0; i < table.size(); ++i) table[i] += types[i % config_.width];
    return table;
  }

 private:
  SafetensorsFile& file_;
  const ModelConfig& config_;
  const Kernels& kernels_;
  std::string_view prefix_;
};

}  // namespace

Result<BertWeights> BertWeights::load(const std::filesystem::path& path, const ModelConfig& config,
                                      const Kernels& kernels) {
  ASSIGN_OR_RETURN(SafetensorsFile file, SafetensorsFile::open(path));
  WeightReader reader(file, config, kernels);
  BertWeights weights;
  ASSIGN_OR_RETURN(weights.words, reader.matrix("embeddings.word_embeddings.weight", config.vocabulary, config.width));
  ASSIGN_OR_RETURN(weights.positions, reader.positions());
  ASSIGN_OR_RETURN(weights.after_embedding, reader.layer_norm("embeddings.LayerNorm"));
  for (uint32_t i = 0; i < config.layers; ++i) {
    ASSIGN_OR_RETURN(BertLayer layer, reader.layer(i));
    weights.layers.push_back(std::move(layer));
  }
  weights.digest = file.digest();
  return weights;
}

}  // namespace custos::model
