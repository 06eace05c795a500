// What words came to, so that ICU and Snowball are rarely asked. Private to file.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "index/keyword/analysis/stemmers.h"
#include "index/keyword/file/term_table.h"

namespace custos::index {

struct WordTerms {
  uint32_t word = kNoTerm;
  uint32_t stem = kNoTerm;  // kNoTerm where it is spelled like the word
};

// By (term of the word, language). One entry a slot; a new one drives the old one out.
class StemCache {
 public:
  StemCache() : entries_(kEntries) {}
  [[nodiscard]] bool find(uint32_t word, StemLanguage language, uint32_t& stem) const {
    const Entry& entry = entries_[slot(word, language)];
    if (entry.word != word || entry.language != language) return false;
    stem = entry.stem;
    return true;
  }
  void put(uint32_t word, StemLanguage language, uint32_t stem) {
    entries_[slot(word, language)] = {word, stem, language};
  }

 private:
  static constexpr size_t kEntries = 1 << 15;
  struct Entry {
    uint32_t word = kNoTerm;
    uint32_t stem = kNoTerm;
    StemLanguage language = StemLanguage::kNone;
  };
  static size_t slot(uint32_t word, StemLanguage language) {
    return (word + static_cast<uint32_t>(language) * 4099u) % kEntries;
  }
  std::vector<Entry> entries_;
};

// By (bytes of the word, language), for words that are not ASCII. Longer words than kBytes are not kept.
class WordCache {
 public:
  WordCache() : entries_(kEntries) {}
  [[nodiscard]] bool find(std::string_view word, StemLanguage language, WordTerms& terms) const {
    if (word.size() > kBytes) return false;
    const Entry& entry = entries_[slot(word, language)];
    if (entry.language != language || std::string_view(entry.bytes.data(), entry.size) != word) return false;
    terms = entry.terms;
    return true;
  }
  void put(std::string_view word, StemLanguage language, const WordTerms& terms) {
    if (word.size() > kBytes) return;
    Entry& entry = entries_[slot(word, language)];
    entry.terms = terms;
    entry.language = language;
    entry.size = static_cast<uint8_t>(word.size());
    std::memcpy(entry.bytes.data(), word.data(), word.size());
  }

 private:
  static constexpr size_t kEntries = 1 << 13;
  static constexpr size_t kBytes = 38;
  struct Entry {
    WordTerms terms;
    StemLanguage language = StemLanguage::kNone;
    uint8_t size = 0;  // 0: empty
    std::array<char, kBytes> bytes;
  };
  static size_t slot(std::string_view word, StemLanguage language) {
    return hash64(word, static_cast<uint64_t>(language)) % kEntries;
  }
  std::vector<Entry> entries_;
};

}  // namespace custos::index
