#include "model/encoder/bert_encoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "base/digest.h"

namespace custos::model {
namespace {

constexpr uint32_t kTokensLeast = 2;  // [CLS] and [SEP]

std::string version_of(const ModelConfig& config, const BertWeights& weights, const WordPiece& tokenizer,
                       uint32_t tokens_max, std::string_view name) {
  DigestBuilder digest;
  digest.add("encoder-1").add(tokenizer.version()).add(weights.digest).add(uint64_t{tokens_max});
  for (const uint32_t number : {config.width, config.inner_width, config.layers, config.heads, config.positions,
                                std::bit_cast<uint32_t>(config.epsilon)}) {
    digest.add(uint64_t{number});
  }
  digest.add(static_cast<uint64_t>(config.activation)).add(static_cast<uint64_t>(config.pooling));
  return fmt::format("{}:{}", name, digest.finish().hex_prefix(8));
}

std::string name_of(const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(folder, ignored);
  const std::filesystem::path name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
  return name.empty() ? "model" : name.string();
}

}  // namespace

BertEncoder::BertEncoder(const Kernels& kernels, const ModelConfig& config, BertWeights weights, WordPiece tokenizer,
                         uint32_t tokens_max, std::string_view name)
    : kernels_(&kernels),
      config_(config),
      weights_(std::move(weights)),
      tokenizer_(std::move(tokenizer)),
      tokens_max_(tokens_max),
      version_(version_of(config_, weights_, tokenizer_, tokens_max, name)) {}

Result<std::shared_ptr<const Encoder>> Encoder::load(const std::filesystem::path& folder,
                                                     const EncoderOptions& options) {
  const Kernels* const kernels = find_kernels(options.instructions);
  if (kernels == nullptr) return Error{Code::kUnsupported, "this machine lacks the instructions asked for"};
  ASSIGN_OR_RETURN(const ModelConfig config, load_model_config(folder));
  if (options.tokens_max < kTokensLeast || options.tokens_max > config.positions) {
    return Error{Code::kInvalidArgument, fmt::format("tokens_max must be from {} to {}, the positions of {}",
                                                     kTokensLeast, config.positions, folder.string())};
  }
  ASSIGN_OR_RETURN(WordPiece tokenizer, WordPiece::load(folder));
  if (tokenizer.size() > config.vocabulary) {
    return Error{Code::kCorrupt, fmt::format("{}: vocab.txt has {} tokens, config.json says {}", folder.string(),
                                             tokenizer.size(), config.vocabulary)};
  }
  ASSIGN_OR_RETURN(BertWeights weights, BertWeights::load(folder / "model.safetensors", config, *kernels));
  return std::shared_ptr<const Encoder>(std::make_shared<BertEncoder>(
      *kernels, config, std::move(weights), std::move(tokenizer), options.tokens_max, name_of(folder)));
}

}  // namespace custos::model
