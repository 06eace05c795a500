#include "model/encoder/model_config.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/json_reader.h"

namespace custos::model {
namespace {

constexpr uint64_t kConfigBytesMax = 1 << 20;

// One JSON file of settings, with errors that name it.
class Settings {
 public:
  static Result<Settings> open(const std::filesystem::path& path) {
    ASSIGN_OR_RETURN(const std::string text, read_file(path, kConfigBytesMax));
    auto document = JsonDocument::parse(text);
    if (!document.ok() || !document->root().is_object()) {
      return Error{Code::kCorrupt, fmt::format("{}: is not a JSON object; fetch the model again", path.string())};
    }
    return Settings(path, std::move(document).value());
  }

  [[nodiscard]] Result<uint32_t> number(std::string_view field, uint32_t least, uint32_t most) const {
    const auto value = document_.root().member(field);
    const auto digits = value ? value->whole_number() : std::nullopt;
    uint32_t number = 0;
    if (!digits || std::from_chars(digits->data(), digits->data() + digits->size(), number).ec != std::errc() ||
        number < least || number > most) {
      return unsupported(field, fmt::format("must be a whole number from {} to {}", least, most));
    }
    return number;
  }

  // The text of a member; nothing where it is missing or null.
  [[nodiscard]] std::optional<std::string> text(std::string_view field) const {
    const auto value = document_.root().member(field);
    if (!value || value->is_null()) return std::nullopt;
    const auto string = value->string();
    return string ? std::string(*string) : value->text();
  }

  [[nodiscard]] bool is_true(std::string_view field) const { return text(field) == "true"; }
  [[nodiscard]] std::optional<double> real(std::string_view field) const {
    const auto value = document_.root().member(field);
    return value ? value->number() : std::nullopt;
  }

  [[nodiscard]] Error unsupported(std::string_view field, std::string_view what) const {
    return {Code::kUnsupported, fmt::format("{}: {}: {}", path_.string(), field, what)};
  }

 private:
  Settings(std::filesystem::path path, JsonDocument document)
      : path_(std::move(path)), document_(std::move(document)) {}

  std::filesystem::path path_;
  JsonDocument document_;
};

Status check_kind(const Settings& settings) {
  if (settings.text("model_type") != "bert") return settings.unsupported("model_type", "only \"bert\" is read");
  if (settings.text("position_embedding_type").value_or("absolute") != "absolute") {
    return settings.unsupported("position_embedding_type", "only \"absolute\" is read");
  }
  for (const std::string_view field : {"is_decoder", "add_cross_attention"}) {
    if (settings.is_true(field)) return settings.unsupported(field, "only encoders are read");
  }
  return {};
}

Result<Activation> activation_of(const Settings& settings) {
  const auto name = settings.text("hidden_act");
  if (name == "gelu") return Activation::kGelu;
  if (name == "gelu_new" || name == "gelu_pytorch_tanh") return Activation::kGeluTanh;
  if (name == "relu") return Activation::kRelu;
  return settings.unsupported("hidden_act", "only \"gelu\", \"gelu_new\" and \"relu\" are read");
}

Status check_sizes(const Settings& settings, const ModelConfig& config) {
  if (config.width % 16 != 0) return settings.unsupported("hidden_size", "must be a multiple of 16");
  if (config.inner_width % 16 != 0) return settings.unsupported("intermediate_size", "must be a multiple of 16");
  if (config.width % (2 * config.heads) != 0) {
    return settings.unsupported("num_attention_heads", "hidden_size must be an even multiple of it");
  }
  return {};
}

Result<ModelConfig> form_of(const Settings& settings) {
  ModelConfig config;
  ASSIGN_OR_RETURN(config.width, settings.number("hidden_size", 16, 8192));
  ASSIGN_OR_RETURN(config.inner_width, settings.number("intermediate_size", 16, 65536));
  ASSIGN_OR_RETURN(config.layers, settings.number("num_hidden_layers", 1, 96));
  ASSIGN_OR_RETURN(config.heads, settings.number("num_attention_heads", 1, 256));
  ASSIGN_OR_RETURN(config.positions, settings.number("max_position_embeddings", 4, 8192));
  ASSIGN_OR_RETURN(config.types, settings.number("type_vocab_size", 1, 16));
  ASSIGN_OR_RETURN(config.vocabulary, settings.number("vocab_size", 5, 1 << 20));
  ASSIGN_OR_RETURN(config.activation, activation_of(settings));
  const double epsilon = settings.real("layer_norm_eps").value_or(1e-12);
  if (!(epsilon >= 0 && epsilon < 1)) return settings.unsupported("layer_norm_eps", "must be from 0 to 1");
  config.epsilon = static_cast<float>(epsilon);
  RETURN_IF_ERROR(check_sizes(settings, config));
  return config;
}

Result<Pooling> pooling_of(const std::filesystem::path& folder) {
  const auto settings = Settings::open(folder / "1_Pooling" / "config.json");
  if (!settings.ok()) {
    if (settings.error().code == Code::kNotFound) return Pooling::kMean;
    return settings.error();
  }
  for (const std::string_view field : {"pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens",
                                       "pooling_mode_weightedmean_tokens", "pooling_mode_lasttoken"}) {
    if (settings->is_true(field)) return settings->unsupported(field, "only the mean and the first token are pooled");
  }
  const bool first = settings->is_true("pooling_mode_cls_token"), mean = settings->is_true("pooling_mode_mean_tokens");
  if (first == mean) return settings->unsupported("pooling_mode_mean_tokens", "or pooling_mode_cls_token must be true");
  return first ? Pooling::kFirst : Pooling::kMean;
}

// A tokenizer that keeps upper case would be misread without a word.
Status check_case(const std::filesystem::path& folder) {
  const auto settings = Settings::open(folder / "tokenizer_config.json");
  if (!settings.ok()) return settings.error().code == Code::kNotFound ? Status() : Status(settings.error());
  if (settings->text("do_lower_case") == "false") {
    return settings->unsupported("do_lower_case", "only uncased vocabularies are read");
  }
  return {};
}

}  // namespace

Result<ModelConfig> load_model_config(const std::filesystem::path& folder) {
  ASSIGN_OR_RETURN(const Settings settings, Settings::open(folder / "config.json"));
  RETURN_IF_ERROR(check_kind(settings));
  ASSIGN_OR_RETURN(ModelConfig config, form_of(settings));
  ASSIGN_OR_RETURN(config.pooling, pooling_of(folder));
  RETURN_IF_ERROR(check_case(folder));
  return config;
}

}  // namespace custos::model
