// The two files of a head. Private to model/.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/result.h"
#include "model/head.h"

namespace custos::model {

inline constexpr const char* kCardName = "card.json";
inline constexpr const char* kWeightsName = "head.safetensors";

// What card.json says that decides a score.
struct HeadIdentity {
  std::string task;
  std::vector<std::string> labels;
  bool multi_label = false;
  std::string encoder;  // its version
  HeadFeatures features;
  std::string version;
};

struct HeadWeights {
  std::vector<float> dense;   // labels × dense floats
  std::vector<float> bias;    // labels
  std::vector<float> idf;     // buckets
  std::vector<float> ngrams;  // buckets × labels; kept in bf16
  // Only where there are prototypes.
  std::vector<float> middle, scale;       // width: the last mean, less middle, times scale, brought to length 1,
  std::vector<float> prototypes;          // is compared with these: prototypes × width, label after label
  std::vector<float> prototype_settings;  // 2: sharpness, and the factor of what comes of it
};

// Letters, digits, "_" and "-", 1 to 64 of them.
[[nodiscard]] bool is_task_name(std::string_view name);

// kCorrupt says which member is wrong; kUnsupported: a later form. Whether layers exist is for check_encoder to say.
[[nodiscard]] Result<HeadIdentity> parse_card(std::string_view json);
// kUnsupported where the head is made over another encoder.
[[nodiscard]] Status check_encoder(const HeadIdentity& identity, const Encoder& encoder);
// Writes the members of `identity` into an object that is open.
void write_identity(JsonWriter& w, const HeadIdentity& identity);

struct ReadWeights {
  HeadWeights weights;
  std::string version;  // what identity.version has to be
};
// REQUIRES: identity came from parse_card, and fits the encoder.
[[nodiscard]] Result<ReadWeights> read_weights(const std::filesystem::path& path, const HeadIdentity& identity,
                                               uint32_t encoder_width);
// The bytes of head.safetensors.
[[nodiscard]] std::string weights_file(const HeadWeights& weights, uint32_t labels);

}  // namespace custos::model
