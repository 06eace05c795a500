#include "model/head/head_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include "base/digest.h"
#include "base/json_reader.h"
#include "base/utf8.h"
#include "model/encoder/safetensors.h"
#include "model/head/features.h"
#include "model/head_training.h"

namespace custos::model {
namespace {

constexpr std::string_view kForm = "custos-head-1";
constexpr size_t kLabelBytesMax = 200;
constexpr size_t kLayersMax = 256;
constexpr uint32_t kPrototypesMax = 256;             // of one label
constexpr float kMagnitudeMax = 1e6f;                // sums of such numbers stay finite
constexpr uint64_t kNumbersMax = uint64_t{1} << 28;  // of one tensor

Error bad(std::string_view member, std::string_view what) {
  return {Code::kCorrupt, fmt::format("its \"{}\" {}", member, what)};
}

Result<std::string> text_member(const JsonValue& object, std::string_view name, size_t bytes_max) {
  const auto value = object.member(name);
  const auto text = value ? value->string() : std::nullopt;
  if (!text || text->empty() || text->size() > bytes_max) {
    return bad(name, fmt::format("must be a string of 1 to {} bytes", bytes_max));
  }
  return std::string(*text);
}

Result<uint32_t> number_of(const std::optional<JsonValue>& value, std::string_view name, uint32_t least,
                           uint32_t most) {
  const auto digits = value ? value->whole_number() : std::nullopt;
  uint32_t number = 0;
  const bool good = digits &&
                    std::from_chars(digits->data(), digits->data() + digits->size(), number).ec == std::errc() &&
                    *digits == std::to_string(number);
  if (!good || number < least || number > most) {
    return bad(name, fmt::format("must be a whole number from {} to {}", least, most));
  }
  return number;
}

Result<bool> flag_of(const JsonValue& object, std::string_view name) {
  const auto value = object.member(name);
  const std::string text = value ? value->text() : "";
  if (text != "true" && text != "false") return bad(name, "must be true or false");
  return text == "true";
}

Result<std::vector<std::string>> labels_of(const JsonValue& card) {
  const auto array = card.member("labels");
  if (!array || !array->is_array()) return bad("labels", "must be an array");
  std::vector<std::string> labels;
  bool good = true;
  array->for_each([&](JsonValue value) {
    const auto text = value.string();
    good = good && text && !text->empty() && text->size() <= kLabelBytesMax && labels.size() < kHeadLabelsMax;
    if (good) labels.emplace_back(*text);
  });
  const std::set<std::string_view> distinct(labels.begin(), labels.end());
  if (!good || labels.size() < 2 || distinct.size() != labels.size()) {
    return bad("labels",
               fmt::format("must be 2 to {} different strings of 1 to {} bytes", kHeadLabelsMax, kLabelBytesMax));
  }
  return labels;
}

Result<std::vector<uint32_t>> layers_of(const JsonValue& features) {
  const auto array = features.member("layers");
  if (!array || !array->is_array()) return bad("layers", "must be an array");
  std::vector<uint32_t> layers;
  bool good = true;
  array->for_each([&](JsonValue value) {
    const auto layer = number_of(value, "layers", layers.empty() ? 0 : layers.back() + 1, kLayersMax - 1);
    good = good && layer.ok();
    if (good) layers.push_back(*layer);
  });
  if (!good || layers.empty()) return bad("layers", fmt::format("must be rising numbers below {}", kLayersMax));
  return layers;
}

Result<std::vector<uint32_t>> prototypes_of(const JsonValue& features) {
  const auto array = features.member("prototypes");
  if (!array || !array->is_array()) return bad("prototypes", "must be an array");
  std::vector<uint32_t> counts;
  bool good = true;
  array->for_each([&](JsonValue value) {
    const auto count = number_of(value, "prototypes", 1, kPrototypesMax);
    good = good && count.ok() && counts.size() < kHeadLabelsMax;
    if (good) counts.push_back(*count);
  });
  if (!good) return bad("prototypes", fmt::format("must be whole numbers from 1 to {}", kPrototypesMax));
  return counts;
}

Result<HeadFeatures> features_of(const JsonValue& card) {
  const auto object = card.member("features");
  if (!object || !object->is_object()) return bad("features", "must be an object");
  HeadFeatures features;
  ASSIGN_OR_RETURN(features.layers, layers_of(*object));
  ASSIGN_OR_RETURN(features.maxima, flag_of(*object, "maxima"));
  ASSIGN_OR_RETURN(features.bucket_bits, number_of(object->member("bucket_bits"), "bucket_bits", 1, 22));
  ASSIGN_OR_RETURN(features.words_max, number_of(object->member("words_max"), "words_max", 0, 8));
  ASSIGN_OR_RETURN(features.letters_max, number_of(object->member("letters_max"), "letters_max", 0, 12));
  ASSIGN_OR_RETURN(features.letters_min,
                   number_of(object->member("letters_min"), "letters_min", 1, std::max(1U, features.letters_max)));
  ASSIGN_OR_RETURN(features.prototypes, prototypes_of(*object));
  return features;
}

std::string version_of(const HeadIdentity& identity, uint64_t weights) {
  const HeadFeatures& features = identity.features;
  DigestBuilder digest;
  digest.add(kForm).add(identity.task).add(identity.encoder).add(uint64_t{identity.multi_label});
  digest.add(identity.labels.size());
  for (const std::string& label : identity.labels) digest.add(label);
  digest.add(features.layers.size());
  for (const uint32_t layer : features.layers) digest.add(uint64_t{layer});
  for (const uint64_t number : {uint64_t{features.maxima}, uint64_t{features.bucket_bits}, uint64_t{features.words_max},
                                uint64_t{features.letters_min}, uint64_t{features.letters_max}, weights}) {
    digest.add(number);
  }
  for (const uint32_t count : features.prototypes) digest.add(uint64_t{count});
  return identity.task + "@" + digest.finish().hex_prefix(8);
}

// Rounds to the nearest bf16, ties to even. REQUIRES: finite.
uint16_t to_bfloat16(float number) {
  const uint32_t bits = std::bit_cast<uint32_t>(number);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

void append_floats(std::string& out, const std::vector<float>& numbers) {
  out.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float));
}

}  // namespace

bool is_task_name(std::string_view name) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, good);
}

Result<HeadIdentity> parse_card(std::string_view json) {
  const auto document = JsonDocument::parse(json, 16);
  if (!document.ok()) return Error{Code::kCorrupt, "it is " + document.error().message};
  const JsonValue card = document->root();
  ASSIGN_OR_RETURN(const std::string form, text_member(card, "form", 64));
  if (form != kForm)
    return Error{Code::kUnsupported, fmt::format("its form is not {}, which this program reads", kForm)};
  HeadIdentity identity;
  ASSIGN_OR_RETURN(identity.task, text_member(card, "task", 64));
  if (!is_task_name(identity.task)) return bad("task", "must be of letters, digits, _ and -");
  ASSIGN_OR_RETURN(identity.labels, labels_of(card));
  ASSIGN_OR_RETURN(identity.multi_label, flag_of(card, "multi_label"));
  ASSIGN_OR_RETURN(identity.encoder, text_member(card, "encoder", 300));
  ASSIGN_OR_RETURN(identity.features, features_of(card));
  ASSIGN_OR_RETURN(identity.version, text_member(card, "version", 100));
  if ((uint64_t{2} << identity.features.bucket_bits) * identity.labels.size() > kNumbersMax) {
    return bad("bucket_bits", "makes more weights than are read");
  }
  const size_t prototypes = identity.features.prototypes.size();
  if (prototypes != 0 && (prototypes != identity.labels.size() || identity.multi_label)) {
    return bad("prototypes", "must be a number for each label of a head that is not multi-label, or none");
  }
  return identity;
}

Status check_encoder(const HeadIdentity& identity, const Encoder& encoder) {
  if (identity.encoder != encoder.version()) {
    return Error{
        Code::kUnsupported,
        fmt::format("it was trained over the encoder {}, and this is {}: train it anew, or name that encoder's "
                    "folder with --models",
                    utf8_repaired(identity.encoder), encoder.version())};
  }
  if (identity.features.layers.back() >= encoder.layers()) {
    return bad("layers", fmt::format("goes beyond the encoder's {}", encoder.layers()));
  }
  return {};
}

void write_identity(JsonWriter& w, const HeadIdentity& identity) {
  w.key("form").value(kForm).key("task").value(identity.task).key("version").value(identity.version);
  w.key("labels").begin_array();
  for (const std::string& label : identity.labels) w.value(label);
  w.end_array().key("multi_label").value(identity.multi_label).key("encoder").value(identity.encoder);
  const HeadFeatures& features = identity.features;
  w.key("features").begin_object().key("layers").begin_array();
  for (const uint32_t layer : features.layers) w.value(layer);
  w.end_array().key("maxima").value(features.maxima).key("bucket_bits").value(features.bucket_bits);
  w.key("words_max").value(features.words_max).key("letters_min").value(features.letters_min);
  w.key("letters_max").value(features.letters_max).key("prototypes").begin_array();
  for (const uint32_t count : features.prototypes) w.value(count);
  w.end_array().end_object();
}

Result<ReadWeights> read_weights(const std::filesystem::path& path, const HeadIdentity& identity,
                                 uint32_t encoder_width) {
  ASSIGN_OR_RETURN(SafetensorsFile file, SafetensorsFile::open(path));
  const auto labels = static_cast<uint32_t>(identity.labels.size());
  const uint32_t width = dense_width(identity.features, encoder_width), buckets = 2U << identity.features.bucket_bits;
  ReadWeights read;
  const auto is_absurd = [](float number) { return std::abs(number) > kMagnitudeMax; };
  const auto take = [&](const char* name, std::initializer_list<uint32_t> shape,
                        std::vector<float>& numbers) -> Status {
    ASSIGN_OR_RETURN(numbers, file.read(name, std::span(shape.begin(), shape.size())));
    if (std::ranges::none_of(numbers, is_absurd)) return {};
    return Error{Code::kCorrupt,
                 fmt::format("{}: tensor {}: holds a number beyond {:g}", path.string(), name, kMagnitudeMax)};
  };
  RETURN_IF_ERROR(take("dense.weight", {labels, width}, read.weights.dense));
  RETURN_IF_ERROR(take("bias", {labels}, read.weights.bias));
  RETURN_IF_ERROR(take("ngram.idf", {buckets}, read.weights.idf));
  RETURN_IF_ERROR(take("ngram.weight", {buckets, labels}, read.weights.ngrams));
  if (!identity.features.prototypes.empty()) {
    const auto& counts = identity.features.prototypes;
    const uint32_t count = std::accumulate(counts.begin(), counts.end(), 0U);
    RETURN_IF_ERROR(take("prototype.middle", {encoder_width}, read.weights.middle));
    RETURN_IF_ERROR(take("prototype.scale", {encoder_width}, read.weights.scale));
    RETURN_IF_ERROR(take("prototype.vectors", {count, encoder_width}, read.weights.prototypes));
    RETURN_IF_ERROR(take("prototype.settings", {2}, read.weights.prototype_settings));
  }
  read.version = version_of(identity, file.digest());
  return read;
}

std::string weights_file(const HeadWeights& weights, uint32_t labels) {
  std::string data;
  JsonWriter header;
  const auto add = [&](const char* name, const char* type, std::initializer_list<size_t> shape, const auto& append) {
    const size_t begin = data.size();
    append();
    header.key(name).begin_object().key("dtype").value(type).key("shape").begin_array();
    for (const size_t size : shape) header.value(size);
    header.end_array().key("data_offsets").begin_array().value(begin).value(data.size()).end_array().end_object();
  };
  header.begin_object();
  const size_t buckets = weights.idf.size();
  add("dense.weight", "F32", {labels, weights.dense.size() / labels}, [&] { append_floats(data, weights.dense); });
  add("bias", "F32", {labels}, [&] { append_floats(data, weights.bias); });
  add("ngram.idf", "F32", {buckets}, [&] { append_floats(data, weights.idf); });
  add("ngram.weight", "BF16", {buckets, labels}, [&] {
    for (const float number : weights.ngrams) {
      const uint16_t half = to_bfloat16(number);
      data.append(reinterpret_cast<const char*>(&half), sizeof half);
    }
  });
  if (!weights.prototypes.empty()) {
    const size_t width = weights.middle.size();
    add("prototype.middle", "F32", {width}, [&] { append_floats(data, weights.middle); });
    add("prototype.scale", "F32", {width}, [&] { append_floats(data, weights.scale); });
    add("prototype.vectors", "F32", {weights.prototypes.size() / width, width},
        [&] { append_floats(data, weights.prototypes); });
    add("prototype.settings", "F32", {2}, [&] { append_floats(data, weights.prototype_settings); });
  }
  std::string text = header.end_object().take();
  text.append((8 - text.size() % 8) % 8, ' ');  // tensors begin at a multiple of 8, as the format asks
  const uint64_t size = text.size();
  return std::string(reinterpret_cast<const char*>(&size), sizeof size) + text + data;
}

}  // namespace custos::model
