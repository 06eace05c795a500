// For tests: a tiny BERT with random weights, its folder, and its forward pass in plain double arithmetic.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/json_writer.h"

namespace custos::model {

struct SampleModel {
  struct Tensor {
    std::vector<uint32_t> shape;
    std::vector<float> numbers;
  };
  static constexpr uint32_t kWidth = 32, kInner = 64, kLayers = 2, kHeads = 4, kPositions = 48, kVocabulary = 40;

  std::map<std::string, Tensor> tensors;
  std::string activation = "gelu", type = "F32", prefix;
  bool first_token = false;

  explicit SampleModel(uint32_t seed = 1);
  void write(const std::filesystem::path& folder) const;
  // The bytes of model.safetensors.
  [[nodiscard]] std::string safetensors() const;
  [[nodiscard]] std::string config() const;
  // Rounds all weights to bf16, so that both types hold the same.
  void round_weights();
  // The states after each layer: [layer][token × width]. And the vector made of the last.
  [[nodiscard]] std::vector<std::vector<double>> forward(const std::vector<uint32_t>& ids) const;
  [[nodiscard]] std::vector<double> vector(const std::vector<uint32_t>& ids) const;

 private:
  using Row = std::vector<double>;
  void add(const std::string& name, std::vector<uint32_t> shape, float scale, float middle, std::mt19937& dice);
  [[nodiscard]] Row linear(const Row& x, const std::string& name) const;
  [[nodiscard]] Row normalize(const Row& x, const std::string& name) const;
  [[nodiscard]] double activate(double x) const;
  [[nodiscard]] std::vector<Row> attend(const std::vector<Row>& x, const std::string& layer) const;
};

inline void SampleModel::add(const std::string& name, std::vector<uint32_t> shape, float scale, float middle,
                             std::mt19937& dice) {
  std::normal_distribution<float> normal(middle, scale);
  size_t count = 1;
  for (const uint32_t size : shape) count *= size;
  Tensor tensor{std::move(shape), std::vector<float>(count)};
  for (float& number : tensor.numbers) number = normal(dice);
  tensors[name] = std::move(tensor);
}

inline SampleModel::SampleModel(uint32_t seed) {
  std::mt19937 dice(seed);
  const auto norm = [&](const std::string& name) {
    add(name + ".weight", {kWidth}, 0.1f, 1.0f, dice);
    add(name + ".bias", {kWidth}, 0.1f, 0.0f, dice);
  };
  const auto map = [&](const std::string& name, uint32_t out, uint32_t in) {
    add(name + ".weight", {out, in}, 0.25f, 0.0f, dice);
    add(name + ".bias", {out}, 0.2f, 0.0f, dice);
  };
  add("embeddings.word_embeddings.weight", {kVocabulary, kWidth}, 1.0f, 0.0f, dice);
  add("embeddings.position_embeddings.weight", {kPositions, kWidth}, 0.3f, 0.0f, dice);
  add("embeddings.token_type_embeddings.weight", {2, kWidth}, 0.3f, 0.0f, dice);
  norm("embeddings.LayerNorm");
  for (uint32_t i = 0; i < kLayers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i);
    for (const char* part : {"query", "key", "value"}) map(layer + ".attention.self." + part, kWidth, kWidth);
    map(layer + ".attention.output.dense", kWidth, kWidth);
    norm(layer + ".attention.output.LayerNorm");
    map(layer + ".intermediate.dense", kInner, kWidth);
    map(layer + ".output.dense", kWidth, kInner);
    norm(layer + ".output.LayerNorm");
  }
}

inline void SampleModel::round_weights() {
  for (auto& [name, tensor] : tensors) {
    for (float& number : tensor.numbers) {
      number = std::bit_cast<float>(std::bit_cast<uint32_t>(number) & 0xffff0000u);
    }
  }
}

inline std::string SampleModel::safetensors() const {
  std::string data;
  JsonWriter header;
  header.begin_object();
  for (const auto& [name, tensor] : tensors) {
    const size_t begin = data.size();
    for (const float number : tensor.numbers) {
      const char* const bytes = reinterpret_cast<const char*>(&number);
      data.append(type == "F32" ? bytes : bytes + 2, type == "F32" ? 4 : 2);
    }
    header.key(prefix + name).begin_object().key("dtype").value(type).key("shape").begin_array();
    for (const uint32_t size : tensor.shape) header.value(size);
    header.end_array().key("data_offsets").begin_array().value(begin).value(data.size()).end_array().end_object();
  }
  const std::string text = header.end_object().take();
  const uint64_t size = text.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text + data;
}

inline std::string SampleModel::config() const {
  JsonWriter json;
  json.begin_object().key("model_type").value("bert").key("hidden_act").value(activation);
  json.key("hidden_size").value(kWidth).key("intermediate_size").value(kInner).key("num_hidden_layers").value(kLayers);
  json.key("num_attention_heads").value(kHeads).key("max_position_embeddings").value(kPositions);
  json.key("type_vocab_size").value(2).key("vocab_size").value(kVocabulary).key("layer_norm_eps").value(1e-5);
  return json.end_object().take();
}

inline void SampleModel::write(const std::filesystem::path& folder) const {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config.json") << config();
  std::ofstream(folder / "model.safetensors", std::ios::binary) << safetensors();
  std::ofstream vocabulary(folder / "vocab.txt");
  vocabulary << "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
  for (uint32_t i = 5; i < kVocabulary; ++i) vocabulary << "w" << static_cast<char>('a' + i % 26) << i << "\n";
  if (first_token) {
    std::filesystem::create_directories(folder / "1_Pooling");
    std::ofstream(folder / "1_Pooling" / "config.json")
        << R"({"pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false})";
  }
}

inline SampleModel::Row SampleModel::linear(const Row& x, const std::string& name) const {
  const Tensor& weights = tensors.at(name + ".weight");
  const std::vector<float>& bias = tensors.at(name + ".bias").numbers;
  Row y(bias.begin(), bias.end());
  for (size_t r = 0; r < y.size(); ++r) {
    for (size_t c = 0; c < x.size(); ++c) y[r] += weights.numbers[r * x.size() + c] * x[c];
  }
  return y;
}

inline SampleModel::Row SampleModel::normalize(const Row& x, const std::string& name) const {
  const std::vector<float>& gain = tensors.at(name + ".weight").numbers;
  const std::vector<float>& bias = tensors.at(name + ".bias").numbers;
  double mean = 0, variance = 0;
  for (const double number : x) mean += number / x.size();
  for (const double number : x) variance += (number - mean) * (number - mean) / x.size();
  Row y(x.size());
  for (size_t i = 0; i < x.size(); ++i) y[i] = (x[i] - mean) / std::sqrt(variance + 1e-5) * gain[i] + bias[i];
  return y;
}

inline double SampleModel::activate(double x) const {
  if (activation == "relu") return std::max(x, 0.0);
  if (activation == "gelu") return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
  return 0.5 * x * (1 + std::tanh(std::sqrt(2 / 3.14159265358979) * (x + 0.044715 * x * x * x)));
}

inline std::vector<SampleModel::Row> SampleModel::attend(const std::vector<Row>& x, const std::string& layer) const {
  constexpr uint32_t kHead = kWidth / kHeads;
  std::vector<Row> q, k, v, out;
  for (const Row& row : x) {
    q.push_back(linear(row, layer + ".attention.self.query"));
    k.push_back(linear(row, layer + ".attention.self.key"));
    v.push_back(linear(row, layer + ".attention.self.value"));
  }
  for (size_t i = 0; i < x.size(); ++i) {
    Row context(kWidth);
    for (uint32_t head = 0; head < kWidth; head += kHead) {
      Row share(x.size());
      double sum = 0;
      for (size_t j = 0; j < x.size(); ++j) {
        for (uint32_t d = head; d < head + kHead; ++d) share[j] += q[i][d] * k[j][d];
        sum += share[j] = std::exp(share[j] / std::sqrt(static_cast<double>(kHead)));
      }
      for (size_t j = 0; j < x.size(); ++j) {
        for (uint32_t d = head; d < head + kHead; ++d) context[d] += share[j] / sum * v[j][d];
      }
    }
    out.push_back(linear(context, layer + ".attention.output.dense"));
  }
  return out;
}

inline std::vector<std::vector<double>> SampleModel::forward(const std::vector<uint32_t>& ids) const {
  const auto at = [&](const std::string& name, size_t row, uint32_t i) {
    return tensors.at("embeddings." + name + ".weight").numbers[row * kWidth + i];
  };
  std::vector<Row> x;
  for (size_t row = 0; row < ids.size(); ++row) {
    Row sum(kWidth);
    for (uint32_t i = 0; i < kWidth; ++i) {
      sum[i] =
          at("word_embeddings", ids[row], i) + at("position_embeddings", row, i) + at("token_type_embeddings", 0, i);
    }
    x.push_back(normalize(sum, "embeddings.LayerNorm"));
  }
  std::vector<std::vector<double>> layers;
  for (uint32_t number = 0; number < kLayers; ++number) {
    const std::string layer = "encoder.layer." + std::to_string(number);
    const std::vector<Row> attention = attend(x, layer);
    layers.emplace_back();
    for (size_t row = 0; row < x.size(); ++row) {
      Row& state = x[row];
      for (uint32_t i = 0; i < kWidth; ++i) state[i] += attention[row][i];
      state = normalize(state, layer + ".attention.output.LayerNorm");
      Row inner = linear(state, layer + ".intermediate.dense");
      for (double& number_ : inner) number_ = activate(number_);
      const Row outer = linear(inner, layer + ".output.dense");
      for (uint32_t i = 0; i < kWidth; ++i) state[i] += outer[i];
      state = normalize(state, layer + ".output.LayerNorm");
      layers.back().insert(layers.back().end(), state.begin(), state.end());
    }
  }
  return layers;
}

inline std::vector<double> SampleModel::vector(const std::vector<uint32_t>& ids) const {
  const std::vector<double> states = forward(ids).back();
  Row sum(kWidth);
  for (size_t i = 0; i < (first_token ? kWidth : states.size()); ++i) sum[i % kWidth] += states[i];
  double square = 0;
  for (const double number : sum) square += number * number;
  for (double& number : sum) number /= std::sqrt(square);
  return sum;
}

}  // namespace custos::model
