#include "model/head/linear_head.h"

#include <fmt/format.h>

#include "base/file.h"
#include "model/head/loss.h"
#include "model/head/part.h"

namespace custos::model {
namespace {

constexpr uint64_t kCardBytesMax = 32 << 20;

Error in_file(const std::filesystem::path& path, const Error& error) {
  return {error.code, fmt::format("{}: {}", path.string(), error.message)};
}

}  // namespace

LinearHead::LinearHead(HeadIdentity identity, HeadWeights weights, uint32_t dense_floats)
    : identity_(std::move(identity)),
      dense_(float_kernels(), weights.dense, weights.bias, dense_floats),
      idf_(std::move(weights.idf)),
      ngrams_(std::move(weights.ngrams)) {
  if (identity_.features.prototypes.empty()) return;
  middle_ = std::move(weights.middle);
  scale_ = std::move(weights.scale);
  nearness_.emplace(weights.prototypes, identity_.features.prototypes, static_cast<uint32_t>(middle_.size()));
  sharpness_ = weights.prototype_settings[0];
  factor_ = weights.prototype_settings[1];
}

void LinearHead::score(std::span<const float> dense, std::span<const NgramCounts> ngrams,
                       std::vector<float>& scores) const {
  const size_t labels = identity_.labels.size();
  scores.resize(ngrams.size() * labels);
  dense_.run(dense.data(), static_cast<uint32_t>(ngrams.size()), Activation::kNone, Output::kFloats, scores.data());
  if (nearness_ && !ngrams.empty()) {
    const size_t last = (identity_.features.layers.size() - 1) * middle_.size();
    nearness_->add_logits(unit_rows(dense.subspan(last), dense.size() / ngrams.size(), middle_, scale_, middle_.size()),
                          sharpness_, factor_, scores);
  }
  SparseRow row;
  for (size_t text = 0; text < ngrams.size(); ++text) {
    float* const out = scores.data() + text * labels;
    weigh(ngrams[text], idf_, row);
    for (size_t i = 0; i < row.buckets.size(); ++i) {
      const float* const weights = ngrams_.data() + row.buckets[i] * labels;
      for (size_t label = 0; label < labels; ++label) out[label] += row.values[i] * weights[label];
    }
    to_scores(identity_.multi_label, {out, labels});
  }
}

Result<std::shared_ptr<const Head>> Head::load(const std::filesystem::path& folder, const Encoder& encoder) {
  const std::filesystem::path card = folder / kCardName, file = folder / kWeightsName;
  ASSIGN_OR_RETURN(const std::string json, read_file(card, kCardBytesMax));
  auto identity = parse_card(json);
  if (!identity.ok()) return in_file(card, identity.error());
  if (const Status fits = check_encoder(*identity, encoder); !fits.ok()) return in_file(card, fits.error());
  ASSIGN_OR_RETURN(ReadWeights read, read_weights(file, *identity, encoder.width()));
  if (read.version != identity->version) {
    return in_file(file, {Code::kCorrupt, "is not the file that its card.json was written for"});
  }
  const uint32_t dense_floats = dense_width(identity->features, encoder.width());
  return std::shared_ptr<const Head>(
      std::make_shared<LinearHead>(std::move(identity).value(), std::move(read.weights), dense_floats));
}

}  // namespace custos::model
