#include <fmt/format.h>

#include <algorithm>

#include "model/encoder/bert_encoder.h"
#include "model/encoder/pooling.h"

namespace custos::model {
namespace {

// A batch is closed when it has this many tokens: its states stay in the third-level cache.
constexpr uint32_t kBatchTokens = 768;

class BertSession final : public EncoderSession {
 public:
  explicit BertSession(std::shared_ptr<const BertEncoder> encoder)
      : encoder_(std::move(encoder)), states_(encoder_->kernels(), encoder_->config()) {}

  Status embed(std::span<const std::string_view> texts, std::vector<float>& vectors) override {
    ids_.clear();
    begins_.assign(1, 0);
    for (const std::string_view text : texts) {
      append_ids(text);
      RETURN_IF_ERROR(close_text(vectors, {}));
    }
    return run_batch(vectors, {});
  }

  Status embed_ids(std::span<const std::vector<uint32_t>> texts, std::vector<float>& vectors,
                   const LayerVisitor& visit) override {
    RETURN_IF_ERROR(check(texts));
    ids_.clear();
    begins_.assign(1, 0);
    for (const std::vector<uint32_t>& text : texts) {
      ids_.insert(ids_.end(), text.begin(), text.end());
      RETURN_IF_ERROR(close_text(vectors, visit));
    }
    return run_batch(vectors, visit);
  }

 private:
  void append_ids(std::string_view text) {
    const WordPiece::SpecialIds& special = encoder_->tokenizer().special_ids();
    const size_t begin = ids_.size();
    ids_.push_back(special.begin);
    encoder_->tokenizer().encode(text, ids_);
    ids_.resize(std::min(ids_.size(), begin + encoder_->tokens_max() - 1));
    ids_.push_back(special.separator);
  }

  [[nodiscard]] Status check(std::span<const std::vector<uint32_t>> texts) const {
    for (size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].empty() || texts[i].size() > encoder_->tokens_max()) {
        return Error{Code::kInvalidArgument, fmt::format("text {} has {} tokens, must have 1 to {}", i, texts[i].size(),
                                                         encoder_->tokens_max())};
      }
      const uint32_t most = std::ranges::max(texts[i]);
      if (most >= encoder_->config().vocabulary) {
        return Error{Code::kInvalidArgument, fmt::format("text {} has the token id {}, the vocabulary ends at {}", i,
                                                         most, encoder_->config().vocabulary - 1)};
      }
    }
    return {};
  }

  Status close_text(std::vector<float>& vectors, const LayerVisitor& visit) {
    begins_.push_back(static_cast<uint32_t>(ids_.size()));
    return ids_.size() >= kBatchTokens ? run_batch(vectors, visit) : Status();
  }

  Status run_batch(std::vector<float>& vectors, const LayerVisitor& visit) {
    const uint32_t rows = static_cast<uint32_t>(ids_.size());
    if (rows == 0) return {};
    const uint32_t width = encoder_->width();
    states_.reserve(rows);
    look_up();
    const std::span<const float> states(states_.floats(0), static_cast<size_t>(rows) * width);
    for (uint32_t i = 0; i < encoder_->layers(); ++i) {
      encoder_->weights().layers[i].run(states_, begins_);
      if (visit) visit(i, states, begins_);
    }
    for (size_t text = 0; text + 1 < begins_.size(); ++text) {
      vectors.resize(vectors.size() + width);
      const size_t begin = static_cast<size_t>(begins_[text]) * width,
                   end = static_cast<size_t>(begins_[text + 1]) * width;
      RETURN_IF_ERROR(
          pool(encoder_->config().pooling, states.subspan(begin, end - begin), std::span(vectors).last(width)));
    }
    ids_.clear();
    begins_.assign(1, 0);
    return {};
  }

  void look_up() {
    const BertWeights& weights = encoder_->weights();
    const size_t width = encoder_->width();
    for (size_t text = 0; text + 1 < begins_.size(); ++text) {
      for (uint32_t row = begins_[text]; row < begins_[text + 1]; ++row) {
        const float* const word = weights.words.data() + ids_[row] * width;
        const float* const position = weights.positions.data() + (row - begins_[text]) * width;
        std::transform(word, word + width, position, states_.floats(row), std::plus<>());
      }
    }
    weights.after_embedding.run(encoder_->kernels(), states_.floats(0), begins_.back(), states_.elements(0));
  }

  std::shared_ptr<const BertEncoder> encoder_;
  States states_;
  std::vector<uint32_t> ids_;     // of the batch, text after text
  std::vector<uint32_t> begins_;  // of its texts in ids_, and the end
};

}  // namespace

Result<std::unique_ptr<EncoderSession>> EncoderSession::create(std::shared_ptr<const Encoder> encoder) {
  auto bert = std::dynamic_pointer_cast<const BertEncoder>(std::move(encoder));
  if (bert == nullptr) return Error{Code::kUnsupported, "only encoders that Encoder::load made have sessions"};
  return std::unique_ptr<EncoderSession>(std::make_unique<BertSession>(std::move(bert)));
}

}  // namespace custos::model
