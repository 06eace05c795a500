// WordPiece as BERT's uncased models use it: text in, ids out, the same as HuggingFace's `tokenizers` gives for
// bert-base-uncased and all-MiniLM-L6-v2 (clean, space out CJK, NFD without accents, lower-case, split at white space
// and punctuation, greedy longest match).
//
// Devlin et al., "BERT" (2019); Wu et al., "Google's Neural Machine Translation System" (2016), section 4.1.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/token_counter.h"

namespace custos::model {

class Vocabulary;

// Immutable and thread-safe; copies share the vocabulary.
class WordPiece final : public TokenCounter {
 public:
  struct SpecialIds {
    uint32_t pad = 0, unknown = 0, begin = 0, separator = 0, mask = 0;  // [PAD] [UNK] [CLS] [SEP] [MASK]
  };

  // `path`: a vocab.txt (one token a line, its id is the line's number from 0), or a folder that has one. kCorrupt
  // where a special token is missing, one is there twice, or a line is longer than 255 bytes; kLimit above 2^20 tokens.
  [[nodiscard]] static Result<WordPiece> load(const std::filesystem::path& path);

  // Appends the ids of `text`, without special ones. "[SEP]" and its like in the text are plain text: who writes a mail
  // does not write control tokens (`encode_special_tokens` in HuggingFace's terms). Malformed UTF-8 is passed over.
  void encode(std::string_view text, std::vector<uint32_t>& ids) const;
  // As many as encode appends.
  [[nodiscard]] uint64_t count(std::string_view text) const override;
  // "wordpiece-1:" and 16 hex digits of the vocabulary's BLAKE2b-256.
  [[nodiscard]] std::string version() const override;

  [[nodiscard]] const SpecialIds& special_ids() const;
  [[nodiscard]] uint32_t size() const;
  // REQUIRES: id < size(). "##ing" for a continuation.
  [[nodiscard]] std::string_view token(uint32_t id) const;

 private:
  explicit WordPiece(std::shared_ptr<const Vocabulary> vocabulary) : vocabulary_(std::move(vocabulary)) {}

  std::shared_ptr<const Vocabulary> vocabulary_;
};

}  // namespace custos::model
