// The tokens of a WordPiece model and the longest match among them. Private to model/.
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

namespace custos::model {

// Immutable. Two open-addressing tables, one of tokens that begin a word and one of continuations ("##ing" as "ing").
class Vocabulary {
 public:
  static constexpr size_t kTokensMax = 1 << 20;
  static constexpr size_t kTokenBytesMax = 255;
  static constexpr uint32_t kNone = UINT32_MAX;

  [[nodiscard]] static Result<Vocabulary> parse(std::string_view vocab_txt, const std::filesystem::path& path);

  [[nodiscard]] uint32_t find_whole(std::string_view word) const { return whole_.find(word, texts_); }

  // The longest token that is a prefix of `word`. REQUIRES: word not empty.
  struct Match {
    uint32_t id = kNone;
    size_t bytes = 0;
  };
  [[nodiscard]] Match longest(std::string_view word, bool is_continuation) const;

  [[nodiscard]] const WordPiece::SpecialIds& special_ids() const { return special_; }
  [[nodiscard]] const Normalizer& normalizer() const { return normalizer_; }
  [[nodiscard]] uint32_t size() const { return static_cast<uint32_t>(offsets_.size() - 1); }
  [[nodiscard]] std::string_view token(uint32_t id) const {
    return std::string_view(texts_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
  }
  [[nodiscard]] const std::string& version() const { return version_; }

 private:
  struct Slot {
    uint32_t hash = 0;  // upper half; the slot's place comes from the lower
    uint32_t id = kNone;
    uint32_t text = 0;  // where its bytes are
    uint32_t size = 0;
  };
  class Table {
   public:
    void reserve(size_t tokens);
    void insert(std::string_view key, uint32_t text, uint32_t id);
    [[nodiscard]] uint32_t find(std::string_view key, const std::string& texts) const;
    // Bit n: there is a key of n bytes that begins with this byte (n up to 63; longer ones set bit 63).
    [[nodiscard]] uint64_t sizes(unsigned char first) const { return sizes_[first]; }
    [[nodiscard]] size_t longest() const { return longest_; }

   private:
    std::vector<Slot> slots_;
    uint64_t mask_ = 0;
    uint64_t sizes_[256] = {};
    size_t longest_ = 0;
  };

  Status add_all(std::string_view vocab_txt, const std::filesystem::path& path);
  Status find_special(const std::filesystem::path& path);

  Normalizer normalizer_;
  std::string texts_;              // all tokens one after the other
  std::vector<uint32_t> offsets_;  // size() + 1
  Table whole_;
  Table continuation_;
  WordPiece::SpecialIds special_;
  std::string version_;
};

}  // namespace custos::model
