// How many tokens a text has for a model: what a chunk's budget is counted in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace custos::model {

// Thread-safe: counting changes nothing.
class TokenCounter {
 public:
  virtual ~TokenCounter() = default;
  // Tokens of `text`, without the model's special tokens ([CLS], [SEP]).
  [[nodiscard]] virtual uint64_t count(std::string_view text) const = 0;
  // Names the tokenizer and its vocabulary: chunks made with another version have to be made anew.
  [[nodiscard]] virtual std::string version() const = 0;
};

// For use without a model. A word of ASCII letters counts one token for each five letters begun, a run of digits one
// for each two begun, any other visible ASCII character one, an ideograph or emoji one, and a run of other code points
// three quarters of its length. Over 20 MB of English mail it says 1.05 times what WordPiece does; a text that
// WordPiece cuts into single letters may have more tokens than this says.
class EstimatedTokens final : public TokenCounter {
 public:
  [[nodiscard]] uint64_t count(std::string_view text) const override;
  [[nodiscard]] std::string version() const override { return "estimate-1"; }
};

}  // namespace custos::model
