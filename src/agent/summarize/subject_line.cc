#include <algorithm>
#include <numeric>
#include <tuple>

#include "agent/cite/function_words.h"
#include "agent/summarize/salience.h"

namespace custos::agent {
namespace {

using document::Span;

constexpr size_t kWordsMax = 6;
constexpr size_t kWordsPerSentence = 60;
constexpr size_t kSentencesMax = 40;
constexpr size_t kComparedMax = 48;  // phrases whose meaning is looked at

struct Phrase {
  SubjectLine line;
  std::string_view text;
  float score = 0;
};

// Phrases do not go over punctuation.
bool is_whole(std::string_view between) {
  return std::ranges::all_of(between,
                             [](char c) { return c == ' ' || c == '\n' || c == '-' || c == '\'' || c == '/'; });
}

class PhraseReader {
 public:
  PhraseReader(const WordUse& use, std::vector<Phrase>& phrases) : use_(use), phrases_(phrases) {}

  void add(size_t number, const SalientSentence& sentence) {
    const std::string_view text = sentence.text;
    const auto terms = reader_.read(text, {0, static_cast<uint32_t>(text.size())}, "en", kWordsPerSentence);
    const float early = 1.0F / (1.0F + 0.15F * static_cast<float>(sentence.sentence.number));
    for (size_t first = 0; first < terms.size(); ++first) {
      if (is_question_word(terms[first].folded)) continue;
      add_from(number, text, terms, first, early);
    }
  }

 private:
  void add_from(size_t number, std::string_view text, const std::vector<index::Term>& terms, size_t first,
                float early) {
    float sum = 0;
    size_t telling = 0;
    for (size_t last = first; last < std::min(terms.size(), first + kWordsMax); ++last) {
      const uint32_t gap_begin = last > first ? terms[last - 1].span.end : terms[last].span.begin;
      if (!is_whole(text.substr(gap_begin, terms[last].span.begin - gap_begin))) return;
      if (is_question_word(terms[last].folded)) continue;
      ++telling;
      sum += use_.weight(terms[last].stem) + (is_capital(text, terms[last]) ? 0.15F : 0.0F);
      const Span span{terms[first].span.begin, terms[last].span.end};
      const auto words = static_cast<float>(last - first + 1);
      const float density = static_cast<float>(telling) / words;
      // Three to five words are what people write.
      const float length = telling < 2 ? 0.6F : telling == 2 ? 0.9F : 1.0F;
      phrases_.push_back({{number, span},
                          span.of(text),
                          (sum / static_cast<float>(telling)) * density * length * (0.6F + 0.4F * early)});
    }
  }

  static bool is_capital(std::string_view text, const index::Term& term) {
    const char c = text[term.span.begin];
    return term.span.begin > 0 && c >= 'A' && c <= 'Z';
  }

  const WordUse& use_;
  std::vector<Phrase>& phrases_;
  index::TermReader reader_;
};

Status add_meaning(std::span<const SalientSentence> sentences, model::EncoderSessions& sessions,
                   std::vector<Phrase>& phrases) {
  std::string all;
  for (const SalientSentence& one : sentences) all.append(one.text).append("\n");
  std::vector<std::string_view> texts = {all};
  for (const Phrase& phrase : phrases) texts.push_back(phrase.text);
  ASSIGN_OR_RETURN(const std::vector<float> vectors, sessions.embed(texts));
  const auto width = static_cast<std::ptrdiff_t>(sessions.encoder().width());
  for (size_t i = 0; i < phrases.size(); ++i) {
    const auto own = vectors.begin() + static_cast<std::ptrdiff_t>(i + 1) * width;
    const float cosine = std::inner_product(own, own + width, vectors.begin(), 0.0F);
    phrases[i].score = 0.4F * phrases[i].score + 0.6F * cosine;
  }
  return {};
}

}  // namespace

Result<std::vector<SubjectLine>> subject_lines(std::span<const SalientSentence> sentences, const WordUse& use,
                                               model::EncoderSessions* sessions) {
  std::vector<Phrase> phrases;
  PhraseReader reader(use, phrases);
  for (size_t i = 0; i < std::min(sentences.size(), kSentencesMax); ++i) reader.add(i, sentences[i]);
  const auto rank = [](const Phrase& one) {
    return std::tuple(-one.score, one.line.sentence, one.line.span.begin, one.line.span.end);
  };
  std::ranges::sort(phrases, {}, rank);
  phrases.resize(std::min(phrases.size(), kComparedMax));
  if (sessions != nullptr && !phrases.empty()) RETURN_IF_ERROR(add_meaning(sentences, *sessions, phrases));
  std::ranges::sort(phrases, {}, rank);
  std::vector<SubjectLine> lines;
  for (const Phrase& phrase : phrases) lines.push_back(phrase.line);
  return lines;
}

}  // namespace custos::agent
