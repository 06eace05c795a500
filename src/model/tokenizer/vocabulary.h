// The tokens of a WordPiece model. Private to model/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/tokenizer.h"
#include "model/tokenizer/normalizer.h"
#include "model/tokenizer/short_words.h"
#include "model/tokenizer/trie.h"

namespace custos::model {

// Immutable.
class Vocabulary {
 public:
  static constexpr size_t kTokensMax = 1 << 20;
  static constexpr size_t kTokenBytesMax = 255;
  static constexpr uint32_t kNone = Trie::kNone;

  [[nodiscard]] static Result<Vocabulary> parse(std::string_view vocab_txt, const std::filesystem::path& path);

  // The id of a token, or kNone.
  [[nodiscard]] uint32_t find(std::string_view token) const { return trie_.find(token); }

  [[nodiscard]] const ShortWords& short_words() const { return short_words_; }
  // All tokens by their bytes, and where in it the walk along a continuation ("##ing" as "ing") begins: kNone where
  // there are none.
  [[nodiscard]] const Trie& trie() const { return trie_; }
  [[nodiscard]] uint32_t continuation() const { return continuation_; }

  [[nodiscard]] const WordPiece::SpecialIds& special_ids() const { return special_; }
  [[nodiscard]] const Normalizer& normalizer() const { return normalizer_; }
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(offsets_.size() - 1); }
  [[nodiscard]] std::string_view token(uint32_t id) const {
    return std::string_view(texts_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  Status add_all(std::string_view vocab_txt, const std::filesystem::path& path);
  void add_short_words();
  Status build_trie(const std::filesystem::path& path);
  Status find_special(const std::filesystem::path& path);

  Normalizer normalizer_;
  std::string texts_;              // all tokens one after the other
  std::vector<uint32_t> offsets_;  // size() + 1
  ShortWords short_words_;
  Trie trie_;
  uint32_t continuation_ = kNone;
  WordPiece::SpecialIds special_;
  std::string version_;
};

}  // namespace custos::model
