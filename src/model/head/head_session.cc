#include <algorithm>
#include <map>
#include <tuple>

#include "model/head/linear_head.h"

namespace custos::model {
namespace {

constexpr size_t kTextsAtOnce = 64;

// Heads that hash alike share the n-grams.
using HashSettings = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t>;
HashSettings hash_settings(const HeadFeatures& features) {
  return {features.bucket_bits, features.words_max, features.letters_min, features.letters_max};
}

bool any_has_maxima(const std::vector<std::shared_ptr<const LinearHead>>& heads) {
  return std::ranges::any_of(heads, [](const auto& head) { return head->identity().features.maxima; });
}

class LinearHeadSession final : public HeadSession {
 public:
  LinearHeadSession(std::shared_ptr<const Encoder> encoder, std::unique_ptr<EncoderSession> session,
                    std::vector<std::shared_ptr<const LinearHead>> heads)
      : encoder_(std::move(encoder)),
        session_(std::move(session)),
        heads_(std::move(heads)),
        maxima_(any_has_maxima(heads_)),
        pools_(encoder_->layers(), encoder_->width(), maxima_) {
    for (const auto& head : heads_) {
      const HeadFeatures& features = head->identity().features;
      hashed_.try_emplace(hash_settings(features), Hashed{NgramHasher(features), {}});
    }
  }

  Status classify(std::span<const std::string_view> texts, std::vector<std::vector<float>>& scores,
                  std::vector<float>* vectors) override {
    scores.assign(heads_.size(), {});
    for (size_t begin = 0; begin < texts.size(); begin += kTextsAtOnce) {
      const auto some = texts.subspan(begin, std::min(kTextsAtOnce, texts.size() - begin));
      RETURN_IF_ERROR(read(some, vectors));
      for (size_t h = 0; h < heads_.size(); ++h) {
        gather(heads_[h]->identity().features, some.size());
        heads_[h]->score(dense_, hashed_.at(hash_settings(heads_[h]->identity().features)).counts, some_scores_);
        scores[h].insert(scores[h].end(), some_scores_.begin(), some_scores_.end());
      }
    }
    return {};
  }

 private:
  struct Hashed {
    NgramHasher hasher;
    std::vector<NgramCounts> counts;  // of each text
  };

  [[nodiscard]] Status read(std::span<const std::string_view> texts, std::vector<float>* vectors) {
    std::vector<std::vector<uint32_t>> ids;
    for (const std::string_view text : texts) ids.push_back(encoder_ids(*encoder_, text));
    for (auto& [settings, hashed] : hashed_) {
      hashed.counts.resize(texts.size());
      for (size_t text = 0; text < texts.size(); ++text) hashed.hasher.count(texts[text], hashed.counts[text]);
    }
    pools_.begin(texts.size());
    unused_.clear();
    return session_->embed_ids(ids, vectors != nullptr ? *vectors : unused_, pools_.visitor());
  }

  // The columns that a head reads, out of all.
  void gather(const HeadFeatures& features, size_t texts) {
    const size_t width = encoder_->width(), all = size_t{encoder_->layers()} * width;
    dense_.clear();
    for (size_t text = 0; text < texts; ++text) {
      const auto row = pools_.row(text);
      for (const size_t offset : {size_t{0}, all}) {
        if (offset > 0 && !features.maxima) break;
        for (const uint32_t layer : features.layers) {
          const auto part = row.subspan(offset + layer * width, width);
          dense_.insert(dense_.end(), part.begin(), part.end());
        }
      }
    }
  }

  std::shared_ptr<const Encoder> encoder_;
  std::unique_ptr<EncoderSession> session_;
  std::vector<std::shared_ptr<const LinearHead>> heads_;
  bool maxima_;
  LayerPools pools_;
  std::map<HashSettings, Hashed> hashed_;
  std::vector<float> dense_, some_scores_, unused_;
};

}  // namespace

Result<std::unique_ptr<HeadSession>> HeadSession::create(std::shared_ptr<const Encoder> encoder,
                                                         std::vector<std::shared_ptr<const Head>> heads) {
  std::vector<std::shared_ptr<const LinearHead>> linear;
  for (auto& head : heads) {
    auto one = std::dynamic_pointer_cast<const LinearHead>(std::move(head));
    if (one == nullptr) return Error{Code::kUnsupported, "only heads that Head::load made can be used"};
    RETURN_IF_ERROR(check_encoder(one->identity(), *encoder));
    linear.push_back(std::move(one));
  }
  ASSIGN_OR_RETURN(auto session, EncoderSession::create(encoder));
  return std::unique_ptr<HeadSession>(
      std::make_unique<LinearHeadSession>(std::move(encoder), std::move(session), std::move(linear)));
}

}  // namespace custos::model
