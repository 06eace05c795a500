#include "agent/extract/score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <future>
#include <iterator>
#include <numeric>
#include <tuple>
#include <unordered_set>
#include <utility>

#include "agent/cite/facts.h"

namespace custos::agent {
namespace {

using document::Span;

constexpr size_t kSentencesPerMessage = 400;
constexpr size_t kTermsPerSentence = 200;
constexpr size_t kStemsOfShort = 4;
constexpr size_t kAloneMax = 16;  // texts that are not worth a thread
constexpr size_t kEmbeddedMax = 64;
constexpr size_t kEmbeddedBytesMax = 7000;
constexpr float kBesideShare = 0.45F;  // of a word that stands in the sentence before or behind
constexpr float kSubjectShare = 0.5F;  // of one in the subject
constexpr float kPeopleShare = 0.8F;   // of a name of who wrote or got it

Span whole(std::string_view text) { return {0, static_cast<uint32_t>(text.size())}; }

bool has_word(std::string_view lower, std::string_view word) {
  for (size_t at = lower.find(word); at != std::string_view::npos; at = lower.find(word, at + 1)) {
    const bool begins = at == 0 || lower[at - 1] == ' ';
    const size_t end = at + word.size();
    if (begins && (end == lower.size() || lower[end] == ' ' || lower[end] == '?')) return true;
  }
  return false;
}

// What kind of thing is asked for.
enum class Wanted : uint8_t { kAnything, kTime, kNumber, kName };

Wanted wanted_by(std::string_view question) {
  std::string lower;
  for (const char c : question) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (has_word(lower, "when") || has_word(lower, "what time") || has_word(lower, "which day")) return Wanted::kTime;
  if (has_word(lower, "how much") || has_word(lower, "how many") || has_word(lower, "what price"))
    return Wanted::kNumber;
  if (has_word(lower, "who") || has_word(lower, "whom") || has_word(lower, "where")) return Wanted::kName;
  return Wanted::kAnything;
}

bool is_time_word(const std::string& word) {
  constexpr auto kTimes =
      std::to_array<std::string_view>({"afternoon", "friday", "monday", "morning", "noon", "saturday", "sunday",
                                       "thursday", "today", "tomorrow", "tuesday", "wednesday", "yesterday"});
  return std::ranges::find(kTimes, word) != kTimes.end();
}

bool offers(std::string_view sentence, Wanted wanted) {
  if (wanted == Wanted::kAnything) return false;
  const TextFacts facts = facts_of(sentence);
  const auto has = [&](Fact::Kind kind) {
    return std::ranges::find(facts.facts, kind, &Fact::kind) != facts.facts.end();
  };
  if (wanted == Wanted::kNumber) return has(Fact::Kind::kNumber);
  if (wanted == Wanted::kTime) return has(Fact::Kind::kMonth) || std::ranges::any_of(facts.words, is_time_word);
  return std::ranges::any_of(facts.facts,
                             [](const Fact& fact) { return fact.kind == Fact::Kind::kName && !fact.may_be_common; });
}

// Which of the asked terms a text has.
std::vector<bool> found_in(std::span<const AskedTerm> terms, const std::vector<std::string>& stems) {
  std::vector<bool> found(terms.size());
  for (size_t i = 0; i < terms.size(); ++i) {
    found[i] = std::ranges::binary_search(stems, terms[i].stem) || std::ranges::binary_search(stems, terms[i].folded);
  }
  return found;
}

// Which of the asked terms the headers have.
struct Headers {
  std::vector<bool> subject, people;
};

class MessageScorer {
 public:
  MessageScorer(std::span<const AskedTerm> terms, index::TermReader& reader) : terms_(terms), reader_(reader) {
    for (const AskedTerm& term : terms) weight_ += term.weight;
  }

  // Appends the sentences of a message with their coverage.
  void add(size_t number, const EvidenceMessage& message, std::vector<ScoredSentence>& out) {
    const Headers headers{found_in(terms_, stems_of(message.text.subject.text(), "")),
                          found_in(terms_, stems_of(message.people, ""))};
    const size_t first = out.size();
    std::vector<std::vector<bool>> found;
    for (const TextSentence& sentence : sentences_of(message.text, kSentencesPerMessage)) {
      const index::StoredPart& part = message.text.parts[sentence.stored_part];
      ScoredSentence scored{.message = number, .sentence = sentence, .text = sentence.span.of(part.text.text())};
      scored.stems = stems_of(scored.text, part.language);
      found.push_back(found_in(terms_, scored.stems));
      out.push_back(std::move(scored));
    }
    for (size_t i = 0; i < found.size(); ++i) {
      const std::vector<bool>* const before = i > 0 ? &found[i - 1] : nullptr;
      const std::vector<bool>* const behind = i + 1 < found.size() ? &found[i + 1] : nullptr;
      out[first + i].coverage = coverage(found[i], before, behind, headers);
    }
  }

 private:
  std::vector<std::string> stems_of(std::string_view text, std::string_view language) {
    std::vector<std::string> stems;
    for (index::Term& term : reader_.read(text, whole(text), language.empty() ? "en" : language, kTermsPerSentence)) {
      if (term.stem != term.folded) stems.push_back(std::move(term.folded));
      stems.push_back(std::move(term.stem));
    }
    std::ranges::sort(stems);
    stems.erase(std::ranges::unique(stems).begin(), stems.end());
    return stems;
  }

  [[nodiscard]] float coverage(const std::vector<bool>& own, const std::vector<bool>* before,
                               const std::vector<bool>* behind, const Headers& headers) const {
    if (weight_ <= 0) return 0;
    float sum = 0;
    for (size_t i = 0; i < terms_.size(); ++i) {
      const bool is_beside = (before != nullptr && (*before)[i]) || (behind != nullptr && (*behind)[i]);
      const float around = std::max(is_beside ? kBesideShare : 0, headers.subject[i] ? kSubjectShare : 0);
      const float share = own[i] ? 1 : std::max(around, headers.people[i] ? kPeopleShare : 0);
      sum += share * terms_[i].weight;
    }
    return sum / weight_;
  }

  std::span<const AskedTerm> terms_;
  index::TermReader& reader_;
  float weight_ = 0;
};

// The most promising by words and by their message: those that are worth an encoder's time.
void keep_promising(const EvidenceSet& evidence, std::vector<ScoredSentence>& sentences) {
  for (ScoredSentence& one : sentences) {
    one.score = 0.6F * one.coverage + 0.4F * evidence.messages[one.message].score;
    if (!one.sentence.is_authored) one.score *= 0.8F;
  }
  std::ranges::stable_sort(sentences, {}, [](const ScoredSentence& one) { return -one.score; });
  size_t bytes = 0;
  size_t kept = 0;
  while (kept < sentences.size() && kept < kEmbeddedMax && bytes < kEmbeddedBytesMax)
    bytes += sentences[kept++].text.size();
  sentences.resize(kept);
}

// Half of them in another thread; the bits are the same.
Result<std::vector<float>> embed_by_two(std::span<const std::string_view> texts, model::EncoderSessions& sessions) {
  if (texts.size() < kAloneMax) return sessions.embed(texts);
  const size_t half = texts.size() / 2;
  auto second = std::async(std::launch::async, [&] { return sessions.embed(texts.subspan(half)); });
  Result<std::vector<float>> vectors = sessions.embed(texts.first(half));
  const Result<std::vector<float>> rest = second.get();
  if (!vectors.ok()) return vectors.error();
  if (!rest.ok()) return rest.error();
  vectors->insert(vectors->end(), rest->begin(), rest->end());
  return vectors;
}

Status add_vectors(std::string_view question, model::EncoderSessions& sessions,
                   std::vector<ScoredSentence>& sentences) {
  std::vector<std::string_view> texts = {question};
  for (const ScoredSentence& one : sentences) texts.push_back(one.text);
  ASSIGN_OR_RETURN(const std::vector<float> vectors, embed_by_two(texts, sessions));
  const auto width = static_cast<std::ptrdiff_t>(sessions.encoder().width());
  const auto asked = vectors.begin();
  for (size_t i = 0; i < sentences.size(); ++i) {
    const auto begin = vectors.begin() + static_cast<std::ptrdiff_t>(i + 1) * width;
    sentences[i].vector.assign(begin, begin + width);
    sentences[i].cosine = std::max(0.0F, std::inner_product(asked, asked + width, begin, 0.0F));
  }
  return {};
}

float score_of(const ScoredSentence& one, float message_score, bool has_vectors, bool is_offered) {
  float score = has_vectors ? 0.40F * one.coverage + 0.40F * one.cosine + 0.15F * message_score
                            : 0.75F * one.coverage + 0.20F * message_score;
  if (is_offered) score += 0.05F;
  if (!one.sentence.is_authored) score *= 0.85F;
  if (one.stems.size() < kStemsOfShort) score *= 0.85F;
  if (one.text.ends_with('?')) score *= 0.6F;  // who asks the same does not answer
  return score;
}

float similarity(const ScoredSentence& a, const ScoredSentence& b) {
  if (!a.vector.empty() && !b.vector.empty()) {
    return std::inner_product(a.vector.begin(), a.vector.end(), b.vector.begin(), 0.0F);
  }
  std::vector<std::string_view> common;
  std::ranges::set_intersection(a.stems, b.stems, std::back_inserter(common));
  const size_t all = a.stems.size() + b.stems.size() - common.size();
  return all == 0 ? 0 : static_cast<float>(common.size()) / static_cast<float>(all);
}

}  // namespace

float confidence_of(const ConfidenceFeatures& features, bool has_vectors) {
  // Logistic regression: docs/answers.md says on what, and has the curve.
  const float filtered = features.is_filtered ? 0.7F : 0;
  const float x =
      has_vectors ? -5.44F + 3.21F * features.coverage + 6.44F * features.cosine : -3.66F + 5.29F * features.coverage;
  return 1.0F / (1.0F + std::exp(-x - filtered));
}

Result<ScoredSet> score_sentences(std::string_view question, std::span<const AskedTerm> terms,
                                  const EvidenceSet& evidence, model::EncoderSessions* sessions) {
  ScoredSet set;
  index::TermReader reader;
  MessageScorer scorer(terms, reader);
  for (size_t i = 0; i < evidence.messages.size(); ++i) {
    scorer.add(i, evidence.messages[i], set.sentences);
  }
  std::erase_if(set.sentences, [&](const ScoredSentence& one) {
    return !evidence.messages[one.message].is_match || (evidence.authored_only && !one.sentence.is_authored);
  });
  keep_promising(evidence, set.sentences);
  if (sessions != nullptr && !set.sentences.empty()) {
    RETURN_IF_ERROR(add_vectors(question, *sessions, set.sentences));
  }
  const Wanted wanted = wanted_by(question);
  for (ScoredSentence& one : set.sentences) {
    one.score = score_of(one, evidence.messages[one.message].score, sessions != nullptr, offers(one.text, wanted));
    set.features.coverage = std::max(set.features.coverage, one.coverage);
    set.features.cosine = std::max(set.features.cosine, one.cosine);
  }
  std::ranges::stable_sort(set.sentences, {}, [](const ScoredSentence& one) { return -one.score; });
  return set;
}

// Carbonell and Goldstein, "The use of MMR" (1998).
std::vector<ScoredSentence> select_sentences(std::vector<ScoredSentence> sentences, size_t limit) {
  constexpr float kRedundancyShare = 0.25F;
  constexpr float kSame = 0.92F;
  constexpr float kLeastOfBest = 0.7F;
  std::vector<ScoredSentence> selected;
  std::vector<float> nearest(sentences.size(), 0);
  std::vector<bool> taken(sentences.size(), false);
  while (selected.size() < limit) {
    size_t best = sentences.size();
    float best_value = 0;
    for (size_t i = 0; i < sentences.size(); ++i) {
      if (taken[i] || nearest[i] >= kSame || sentences[i].score < kLeastOfBest * sentences.front().score) continue;
      const float value = sentences[i].score - kRedundancyShare * nearest[i];
      if (best < sentences.size() && value <= best_value) continue;
      best = i;
      best_value = value;
    }
    if (best == sentences.size()) break;
    taken[best] = true;
    for (size_t i = 0; i < sentences.size(); ++i)
      nearest[i] = std::max(nearest[i], similarity(sentences[i], sentences[best]));
    selected.push_back(sentences[best]);
  }
  return selected;
}

}  // namespace custos::agent
