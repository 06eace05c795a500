// Rows for tests: written as a postings file, and searched again by looking at every word of every row.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "index/keyword/analysis/analyzer.h"
#include "index/keyword/file/format.h"
#include "index/keyword_search.h"
#include "index/postings_writer.h"

namespace custos::stage {
class Redactor {
 public:
  static document::RedactedText make(std::string text) { return {std::move(text), {}}; }
};
}  // namespace custos::stage

namespace custos::index {

struct SampleText {
  Field field = Field::kAuthored;
  std::string text;
  std::string language;
};

struct SampleRow {
  std::vector<SampleText> texts;
  std::vector<std::pair<Field, std::string>> values;
  std::vector<std::pair<Field, uint64_t>> numbers;
  std::optional<int64_t> date;
};
using SampleSegment = std::vector<SampleRow>;

[[nodiscard]] inline Status write_sample(const SampleSegment& rows, const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const auto writer, PostingsWriter::create(path));
  for (const SampleRow& row : rows) {
    for (const SampleText& text : row.texts) {
      const document::Span all{0, static_cast<uint32_t>(text.text.size())};
      writer->add_text(text.field, stage::Redactor::make(text.text), {&all, 1}, text.language);
    }
    for (const auto& [field, value] : row.values) writer->add_value(field, value);
    for (const auto& [field, number] : row.numbers) writer->add_number(field, number);
    writer->set_date(row.date);
    RETURN_IF_ERROR(writer->end_row());
  }
  return writer->finish();
}

// What keyword_search.h promises, by definition. Slow.
class NaiveSearch {
 public:
  NaiveSearch(const std::vector<SampleSegment>& segments, const Bm25Options& options) : options_(options) {
    for (size_t i = 0; i < segments.size(); ++i) {
      for (size_t row = 0; row < segments[i].size(); ++row) add(i, row, segments[i][row]);
    }
    for (size_t field = 0; field < kTextFields; ++field) {
      double words = 0, rows = 0;
      for (const Row& row : rows_) words += row.length[field], rows += row.length[field] > 0 ? 1 : 0;
      average_[field] = rows > 0 ? words / rows : 1;
    }
  }

  [[nodiscard]] size_t size() const { return rows_.size(); }
  [[nodiscard]] size_t segment_of(size_t at) const { return rows_[at].segment; }
  [[nodiscard]] size_t row_of(size_t at) const { return rows_[at].row; }

  // The score of a row where it matches.
  [[nodiscard]] std::optional<double> score(const Query& query, size_t at) {
    const Row& row = rows_[at];
    using Kind = Query::Kind;
    switch (query.kind) {
      case Kind::kEverything:
        return 0;
      case Kind::kWord:
      case Kind::kExact:
      case Kind::kPrefix:
        return score_words(query, row);
      case Kind::kPhrase:
        return score_phrase(query, row);
      case Kind::kNear:
        return score_places(query, row);
      case Kind::kAnd:
        return score_and(query, at);
      case Kind::kOr:
        return score_or(query, at);
      case Kind::kNot:
        return if_true(!score(query.children[0], at));
      case Kind::kValue:
        return if_true(has(row.sample->values, std::pair(query.fields[0], query.text)));
      case Kind::kNumbers:
        return if_true(std::any_of(query.numbers.begin(), query.numbers.end(), [&](uint64_t number) {
          return has(row.sample->numbers, std::pair(query.fields[0], number));
        }));
      case Kind::kDate:
        return if_true(row.sample->date && *row.sample->date >= query.begin && *row.sample->date < query.end);
      case Kind::kRows:
        return if_true(query.rows[row.segment].contains(static_cast<uint32_t>(row.row)));
    }
    return std::nullopt;
  }

 private:
  struct Token {
    Field field;
    size_t text;  // number of the text in the row
    uint32_t position;
    std::string plain, stem;
  };
  struct Row {
    size_t segment, row;
    const SampleRow* sample;
    std::vector<Token> tokens;
    std::array<double, kTextFields> length{};
  };
  struct Place {
    Field field;
    size_t text;
    uint32_t begin, end;  // positions of the first and the last word
  };
  // A word of the query: does a token have it? By class.
  struct Word {
    Query::Kind kind;
    std::string plain;
    std::set<std::string> stems;
  };

  template <typename Item>
  static bool has(const std::vector<Item>& items, const Item& item) {
    return std::find(items.begin(), items.end(), item) != items.end();
  }
  static std::optional<double> if_true(bool is) { return is ? std::optional<double>(0) : std::nullopt; }

  void add(size_t segment, size_t number, const SampleRow& sample) {
    Row row{segment, number, &sample, {}, {}};
    for (size_t i = 0; i < sample.texts.size(); ++i) {
      const SampleText& text = sample.texts[i];
      const StemLanguage language = stem_language(text.language);
      if (language != StemLanguage::kNone) languages_.insert(language);
      uint32_t position = 0;
      for (const auto& word : analyze(text.text, {0, static_cast<uint32_t>(text.text.size())}, SIZE_MAX)) {
        row.tokens.push_back({text.field, i, position++, word.plain, stem_of(word, language, stemmers_)});
        ++row.length[static_cast<size_t>(text.field)];
      }
    }
    rows_.push_back(std::move(row));
  }

  std::vector<Word> words(const Query& query) {
    std::vector<Word> words;
    if (query.kind == Query::Kind::kPhrase) {
      for (const Query& child : query.children) {
        for (Word& word : this->words(child)) words.push_back(std::move(word));
      }
      return words;
    }
    for (const auto& word : analyze(query.text, {0, static_cast<uint32_t>(query.text.size())}, SIZE_MAX)) {
      Word& added = words.emplace_back(Word{query.kind, word.plain, {}});
      for (const StemLanguage language : languages_) added.stems.insert(stem_of(word, language, stemmers_));
    }
    for (size_t i = 0; i + 1 < words.size(); ++i) {
      if (query.kind == Query::Kind::kPrefix) words[i].kind = Query::Kind::kExact;
    }
    return words;
  }

  static bool is_exact(const Word& word, const Token& token) {
    return word.kind == Query::Kind::kPrefix ? token.plain.starts_with(word.plain) : token.plain == word.plain;
  }
  static bool is_form(const std::string& stem, const Token& token) { return token.plain == stem || token.stem == stem; }
  static bool is_any(const Word& word, const Token& token) {
    if (is_exact(word, token)) return true;
    return word.kind == Query::Kind::kWord &&
           std::any_of(word.stems.begin(), word.stems.end(), [&](const auto& stem) { return is_form(stem, token); });
  }

  static bool in_fields(const Query& query, Field field) {
    if (query.kind == Query::Kind::kPhrase) {
      return std::all_of(query.children.begin(), query.children.end(),
                         [&](const Query& child) { return in_fields(child, field); });
    }
    return query.fields.empty() ? field != Field::kFileName : has(query.fields, field);
  }

  template <typename Matches>
  double rarity(Matches matches) const {
    double with = 0;
    for (const Row& row : rows_) with += std::any_of(row.tokens.begin(), row.tokens.end(), matches) ? 1 : 0;
    return rarity_of(with);
  }
  [[nodiscard]] double rarity_of(double with) const {
    return std::log(1 + (double(rows_.size()) - with + 0.5) / (with + 0.5));
  }
  template <typename Matches>
  double rows_with(Matches matches) const {
    return double(std::count_if(rows_.begin(), rows_.end(), [&](const Row& row) {
      return std::any_of(row.tokens.begin(), row.tokens.end(), matches);
    }));
  }

  double weight(const Word& word) const {
    double most = 0;
    if (word.kind == Query::Kind::kPrefix) {
      std::set<std::string> forms;
      for (const Row& row : rows_) {
        for (const Token& token : row.tokens) {
          if (is_exact(word, token)) forms.insert(token.plain);
        }
      }
      for (const auto& form : forms) most += rows_with([&](const Token& token) { return token.plain == form; });
      return rarity_of(std::min(most, double(rows_.size())));
    }
    most = rows_with([&](const Token& token) { return is_exact(word, token); });
    if (word.kind != Query::Kind::kWord) return rarity_of(most);
    for (const auto& stem : word.stems) {
      most = std::max(most, rows_with([&](const Token& token) { return is_form(stem, token); }));
    }
    return rarity_of(most);
  }

  double norm(const Row& row, Field field) const {
    const auto at = static_cast<size_t>(field);
    const double length = decode_length(encode_length(static_cast<uint32_t>(row.length[at])));
    return options_.field_weight[at] / (1 - options_.b + options_.b * length / average_[at]);
  }
  double saturate(double weight, double count) const { return weight * count / (options_.k1 + count); }

  template <typename Matches>
  double count(const Query& query, const Row& row, Matches matches) const {
    double sum = 0;
    for (const Token& token : row.tokens) {
      if (in_fields(query, token.field) && matches(token)) sum += norm(row, token.field);
    }
    return sum;
  }

  std::optional<double> score_words(const Query& query, const Row& row) {
    const std::vector<Word> asked = words(query);
    if (asked.size() != 1) return score_places(query, row);
    const Word& word = asked[0];
    const double exact = count(query, row, [&](const Token& token) { return is_exact(word, token); });
    double best = exact;
    if (word.kind == Query::Kind::kWord) {
      for (const auto& stem : word.stems) {
        best = std::max(best, count(query, row, [&](const Token& token) { return is_form(stem, token); }));
      }
    }
    if (best == 0) return std::nullopt;
    if (word.kind != Query::Kind::kWord || word.stems.empty()) return saturate(weight(word), best);
    const double exact_weight = rarity([&](const Token& token) { return is_exact(word, token); });
    return saturate(weight(word), best) * (1 - options_.exact_share) +
           saturate(exact_weight, exact) * options_.exact_share;
  }

  // A phrase of one word is that word.
  std::optional<double> score_phrase(const Query& query, const Row& row) {
    if (words(query).size() != 1) return score_places(query, row);
    for (const Query& child : query.children) {
      if (!words(child).empty()) return score_words(child, row);
    }
    return std::nullopt;
  }

  std::vector<Place> places(const Query& query, const Row& row) {
    const std::vector<Word> asked = words(query);
    std::vector<Place> places;
    if (asked.empty()) return places;
    for (size_t i = 0; i + asked.size() <= row.tokens.size(); ++i) {
      const Token& first = row.tokens[i];
      bool follows = in_fields(query, first.field);
      for (size_t k = 0; k < asked.size() && follows; ++k) {
        follows = row.tokens[i + k].text == first.text && is_any(asked[k], row.tokens[i + k]);
      }
      const auto end = static_cast<uint32_t>(first.position + asked.size() - 1);
      if (follows) places.push_back({first.field, first.text, first.position, end});
    }
    return places;
  }

  // Whether parts from `part` on find places for themselves.
  static bool assign(const std::vector<std::vector<Place>>& parts, size_t part, size_t anchor, const Place& first,
                     uint32_t distance, std::set<uint32_t>& taken) {
    if (part == parts.size()) return true;
    if (part == anchor) return assign(parts, part + 1, anchor, first, distance, taken);
    for (const Place& place : parts[part]) {
      if (place.text != first.text || place.end < first.end || place.begin > first.end + distance) continue;
      if (!taken.insert(place.begin).second) continue;
      if (assign(parts, part + 1, anchor, first, distance, taken)) return true;
      taken.erase(place.begin);
    }
    return false;
  }

  std::optional<double> score_places(const Query& query, const Row& row) {
    const bool is_near = query.kind == Query::Kind::kNear;
    std::vector<std::vector<Place>> parts;
    double weights = 0;
    for (const Query& part : is_near ? query.children : std::vector<Query>{query}) {
      if (words(part).empty()) continue;
      parts.push_back(places(part, row));
      for (const Word& word : words(part)) weights += weight(word);
    }
    double sum = 0;
    for (size_t anchor = 0; anchor < parts.size(); ++anchor) {
      for (const Place& place : parts[anchor]) {
        std::set<uint32_t> taken = {place.begin};
        if (assign(parts, 0, anchor, place, query.distance, taken)) sum += norm(row, place.field);
      }
    }
    return sum > 0 ? std::optional(saturate(weights, sum)) : std::nullopt;
  }

  std::optional<double> score_and(const Query& query, size_t at) {
    double sum = 0;
    for (const Query& child : query.children) {
      const auto part = score(child, at);
      if (!part) return std::nullopt;
      sum += *part;
    }
    return sum;
  }

  std::optional<double> score_or(const Query& query, size_t at) {
    std::optional<double> sum;
    for (const Query& child : query.children) {
      if (const auto part = score(child, at)) sum = sum.value_or(0) + *part;
    }
    return sum;
  }

  Bm25Options options_;
  std::vector<Row> rows_;
  std::set<StemLanguage> languages_;
  std::array<double, kTextFields> average_{};
  Stemmers stemmers_;
};

}  // namespace custos::index
