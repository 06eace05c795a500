#include "agent/summarize/salience.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

#include "agent/cite/function_words.h"

namespace custos::agent {
namespace {

using document::Span;

constexpr size_t kTermsMax = 400;
constexpr size_t kVocabularyMax = 1 << 20;
constexpr size_t kEmbeddedMax = 160;

float dot(const std::vector<float>& a, const std::vector<float>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0F);
}

Status add_vectors(std::vector<SalientSentence>& sentences, model::EncoderSessions& sessions) {
  std::vector<std::string_view> texts;
  for (const SalientSentence& one : sentences) texts.push_back(one.text);
  ASSIGN_OR_RETURN(const std::vector<float> vectors, sessions.embed(texts));
  const auto width = static_cast<std::ptrdiff_t>(sessions.encoder().width());
  for (size_t i = 0; i < sentences.size(); ++i) {
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i) * width;
    sentences[i].vector.assign(begin, begin + width);
  }
  return {};
}

std::vector<float> middle_of(const std::vector<SalientSentence>& sentences) {
  std::vector<float> middle(sentences.front().vector.size(), 0);
  for (const SalientSentence& one : sentences) {
    for (size_t i = 0; i < middle.size(); ++i) middle[i] += one.vector[i];
  }
  const float length = std::sqrt(dot(middle, middle));
  for (float& value : middle) value /= std::max(length, 1e-9F);
  return middle;
}

float likeness(const SalientSentence& a, const SalientSentence& b) {
  if (!a.vector.empty() && !b.vector.empty()) return dot(a.vector, b.vector);
  std::vector<std::string_view> common;
  std::ranges::set_intersection(a.stems, b.stems, std::back_inserter(common));
  const size_t all = a.stems.size() + b.stems.size() - common.size();
  return all == 0 ? 0 : static_cast<float>(common.size()) / static_cast<float>(all);
}

}  // namespace

void WordUse::add(const std::vector<std::string>& stems) {
  ++texts_;
  for (const std::string& stem : stems) {
    if (uses_.size() < kVocabularyMax || uses_.contains(stem)) ++uses_[stem];
  }
}

float WordUse::weight(const std::string& stem) const {
  const auto found = uses_.find(stem);
  if (found == uses_.end() || texts_ == 0) return 0;
  return std::log1p(static_cast<float>(found->second)) / std::log1p(static_cast<float>(texts_));
}

std::vector<std::string> telling_stems(index::TermReader& reader, std::string_view text, std::string_view language) {
  std::vector<std::string> stems;
  const Span whole{0, static_cast<uint32_t>(text.size())};
  for (index::Term& term : reader.read(text, whole, language.empty() ? "en" : language, kTermsMax)) {
    if (!is_function_word(term.folded)) stems.push_back(std::move(term.stem));
  }
  std::ranges::sort(stems);
  stems.erase(std::ranges::unique(stems).begin(), stems.end());
  return stems;
}

float salience_by_words(const SalientSentence& sentence, const WordUse& use) {
  if (sentence.stems.empty()) return 0;
  float sum = 0;
  for (const std::string& stem : sentence.stems) sum += use.weight(stem);
  const auto words = static_cast<float>(sentence.stems.size());
  const float central = sum / (words + 4);  // one frequent word is no sentence
  const float early = 1.0F / (1.0F + 0.25F * static_cast<float>(sentence.sentence.number));
  const float length = words < 3 ? 0.6F : words > 30 ? 0.8F : 1.0F;
  return (0.7F * central + 0.3F * early) * length;
}

Result<std::vector<SalientSentence>> select_salient(std::vector<SalientSentence> sentences, size_t limit,
                                                    model::EncoderSessions* sessions) {
  constexpr float kRedundancyShare = 0.5F;
  constexpr float kSame = 0.9F;
  std::ranges::stable_sort(sentences, {}, [](const SalientSentence& one) { return -one.score; });
  sentences.resize(std::min(sentences.size(), kEmbeddedMax));
  if (sessions != nullptr && !sentences.empty()) {
    RETURN_IF_ERROR(add_vectors(sentences, *sessions));
    const std::vector<float> middle = middle_of(sentences);
    for (SalientSentence& one : sentences) one.score = 0.5F * one.score + 0.5F * dot(one.vector, middle);
  }
  std::vector<SalientSentence> selected;
  while (selected.size() < limit) {
    size_t best = sentences.size();
    float best_value = 0;
    for (size_t i = 0; i < sentences.size(); ++i) {
      float nearest = 0;
      for (const SalientSentence& other : selected) nearest = std::max(nearest, likeness(sentences[i], other));
      const float value = sentences[i].score - kRedundancyShare * nearest;
      if (nearest >= kSame || (best < sentences.size() && value <= best_value)) continue;
      best = i;
      best_value = value;
    }
    if (best == sentences.size()) break;
    selected.push_back(sentences[best]);
    sentences.erase(sentences.begin() + static_cast<std::ptrdiff_t>(best));
  }
  std::ranges::sort(selected, {}, [](const SalientSentence& one) {
    return std::tuple(one.message, one.sentence.stored_part, one.sentence.span.begin);
  });
  return selected;
}

}  // namespace custos::agent
