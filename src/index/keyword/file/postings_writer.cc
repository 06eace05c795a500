#include "index/postings_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "index/keyword/analysis/fold.h"
#include "index/keyword/analysis/stemmers.h"
#include "index/keyword/analysis/word_scanner.h"
#include "index/keyword/file/segment_postings.h"
#include "index/keyword/file/term_cache.h"

namespace custos::index {
namespace {

using document::RedactedText;
using document::Span;

class SegmentPostingsWriter final : public PostingsWriter {
 public:
  explicit SegmentPostingsWriter(File file) : path_(file.path()), file_(std::move(file)) {}

  void add_text(Field field, const RedactedText& text, std::span<const Span> spans, std::string_view language) override;
  void add_value(Field field, std::string_view value) override { add_key(value_key(field, value)); }
  void add_number(Field field, uint64_t number) override { add_key(number_key(field, number)); }
  void set_date(std::optional<int64_t> unix_seconds) override { date_ = unix_seconds.value_or(INT64_MIN); }
  Status end_row() override;
  Status finish() override;
  uint32_t rows() const override { return row_; }

 private:
  struct SomeWord {
    [[nodiscard]] std::string_view plain() const { return {bytes.data(), size}; }

    TermTable::Place place;
    WordTerms terms;
    bool is_ascii;
    bool is_inflected;
    uint32_t size;
    std::array<char, WordScanner::kBytesMax> bytes;  // of ASCII words
  };

  [[nodiscard]] std::span<SomeWord> some() { return std::span(some_).first(some_count_); }
  void add_key(const std::string& key);
  void add_span(Field field, std::string_view text, Span span, StemLanguage language);
  [[nodiscard]] bool read_some(WordScanner& scanner, StemLanguage language);
  void find_word(SomeWord& word);
  void find_stem(SomeWord& word, StemLanguage language);
  [[nodiscard]] WordTerms terms_of_other(const WordScanner& scanner, StemLanguage language);
  [[nodiscard]] WordTerms fold_and_stem(const WordScanner& scanner, StemLanguage language);
  [[nodiscard]] uint32_t stem_term(std::string_view stem, std::string_view plain);

  std::filesystem::path path_;
  File file_;
  SegmentPostings segment_;
  Stemmers stemmers_;
  StemCache stem_cache_;
  WordCache word_cache_;
  FoldedWord folded_;
  std::array<SomeWord, 16> some_;
  size_t some_count_ = 0;

  uint32_t row_ = 0;
  std::array<uint32_t, kTextFields> next_position_{};
  std::array<uint32_t, kTextFields> length_{};
  int64_t date_ = INT64_MIN;
};

void SegmentPostingsWriter::add_text(Field field, const RedactedText& text, std::span<const Span> spans,
                                     std::string_view language) {
  assert(static_cast<int>(field) < kTextFields);
  const StemLanguage stems = stem_language(language);
  if (stems != StemLanguage::kNone) segment_.languages |= 1u << static_cast<uint8_t>(stems);
  for (const Span span : spans) add_span(field, text.text(), span, stems);
}

void SegmentPostingsWriter::add_span(Field field, std::string_view text, Span span, StemLanguage language) {
  const auto slot = static_cast<size_t>(field);
  uint32_t position = next_position_[slot];
  if (position > 0) position = std::min(position + kValueGap, kPositionMax);
  uint32_t words = 0;
  WordScanner scanner(text, span);
  while (!segment_.arena.is_full() && read_some(scanner, language)) {
    for (SomeWord& word : some()) find_word(word);
    for (SomeWord& word : some()) find_stem(word, language);
    for (const SomeWord& word : some()) {
      if (word.terms.word == kNoTerm) continue;
      segment_.add_word(word.terms.word, row_, field, position);
      if (word.terms.stem != kNoTerm) segment_.add_word(word.terms.stem, row_, field, position);
      position = std::min(position + 1, kPositionMax);
      ++words;
    }
  }
  if (words == 0) return;
  next_position_[slot] = position;
  length_[slot] += words;
}

// A few words at a time, so that what is known of all of them is on its way from memory while the first is looked at.
bool SegmentPostingsWriter::read_some(WordScanner& scanner, StemLanguage language) {
  some_count_ = 0;
  while (some_count_ < some_.size() && scanner.next()) {
    SomeWord& word = some_[some_count_++];
    word.is_ascii = scanner.is_ascii();
    word.terms = {};
    if (!word.is_ascii) {
      word.terms = terms_of_other(scanner, language);
      continue;
    }
    word.is_inflected = scanner.is_inflected();
    word.size = static_cast<uint32_t>(scanner.word().size());
    // Sixteen bytes at once are cheaper than the few that there are.
    static_assert(WordScanner::kBytesMax >= 16);
    std::memcpy(word.bytes.data(), scanner.word().data(), 16);
    if (word.size > 16) std::memcpy(word.bytes.data(), scanner.word().data(), word.size);
    word.place = segment_.table.place(kWordSpace, word.plain());
  }
  return some_count_ > 0;
}

void SegmentPostingsWriter::find_word(SomeWord& word) {
  if (word.is_ascii) word.terms.word = segment_.table.find_or_add(kWordSpace, word.plain(), word.place);
  if (word.terms.word != kNoTerm) segment_.table.prefetch(word.terms.word);
}

void SegmentPostingsWriter::find_stem(SomeWord& word, StemLanguage language) {
  if (word.terms.word != kNoTerm) segment_.prefetch_chain(word.terms.word);
  if (word.is_ascii && language != StemLanguage::kNone && word.is_inflected &&
      !stem_cache_.find(word.terms.word, language, word.terms.stem)) {
    word.terms.stem = stem_term(stemmers_.stem_ascii(language, word.plain()), word.plain());
    stem_cache_.put(word.terms.word, language, word.terms.stem);
  }
  if (word.terms.stem != kNoTerm) segment_.table.prefetch(word.terms.stem);
}

WordTerms SegmentPostingsWriter::terms_of_other(const WordScanner& scanner, StemLanguage language) {
  WordTerms terms;
  if (word_cache_.find(scanner.word(), language, terms)) return terms;
  terms = fold_and_stem(scanner, language);
  word_cache_.put(scanner.word(), language, terms);
  return terms;
}

WordTerms SegmentPostingsWriter::fold_and_stem(const WordScanner& scanner, StemLanguage language) {
  WordTerms terms;
  fold(scanner.word(), folded_);
  if (folded_.plain.empty()) return terms;
  terms.word = segment_.table.find_or_add(kWordSpace, folded_.plain);
  if (language == StemLanguage::kNone || !scanner.is_inflected()) return terms;
  terms.stem = stem_term(stemmers_.stem(language, folded_.cased), folded_.plain);
  return terms;
}

// A stem that is spelled like the word is not indexed again.
uint32_t SegmentPostingsWriter::stem_term(std::string_view stem, std::string_view plain) {
  return stem == plain || stem.empty() ? kNoTerm : segment_.table.find_or_add(kStemSpace, stem);
}

void SegmentPostingsWriter::add_key(const std::string& key) {
  segment_.add_row(segment_.table.find_or_add(key[0], std::string_view(key).substr(1)), row_);
}

Status SegmentPostingsWriter::end_row() {
  auto& codes = segment_.length_codes.emplace_back();
  for (size_t field = 0; field < kTextFields; ++field) {
    codes[field] = encode_length(length_[field]);
    segment_.words[field] += length_[field];
    segment_.rows_with[field] += length_[field] > 0 ? 1 : 0;
  }
  segment_.dates.push_back(date_);
  date_ = INT64_MIN;
  next_position_ = {};
  length_ = {};
  ++row_;
  if (segment_.bytes() < ByteArena::kBytesMax && row_ < kRowsMax) return {};
  return Error{Code::kLimit, fmt::format("the postings of {} would need more than 2 GiB of memory after {} messages: "
                                         "make segments smaller",
                                         path_.string(), row_)};
}

Status SegmentPostingsWriter::finish() { return write_segment(segment_, std::move(file_)); }

}  // namespace

Result<std::unique_ptr<PostingsWriter>> PostingsWriter::create(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(File file, File::create(path));
  return std::unique_ptr<PostingsWriter>(std::make_unique<SegmentPostingsWriter>(std::move(file)));
}

}  // namespace custos::index
