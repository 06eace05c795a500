#include <algorithm>
#include <numeric>
#include <unordered_set>

#include "agent/citation.h"
#include "agent/cite/facts.h"
#include "agent/cite/function_words.h"
#include "base/ascii.h"
#include "base/utf8.h"
#include "document/sentence.h"
#include "index/terms.h"

namespace custos::agent {
namespace {

using document::Span;

constexpr size_t kWordsMax = 4096;           // of a cited text
constexpr size_t kComparedSentences = 24;    // of cited texts, by meaning
constexpr uint32_t kComparedBytesMax = 600;  // of one of them

std::string joined(std::span<const std::string_view> cited) {
  std::string all;
  for (const std::string_view text : cited) all.append(text).append("\n\n");
  return all;
}

// Small ASCII letters, one space for each gap.
std::string normalised(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (document::is_space(c)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
  }
  while (!out.empty() && (out.back() == ' ' || out.back() == '.')) out.pop_back();
  return out;
}

bool is_word_byte(char c) { return ascii_is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; }

// As whole words: "5" is not in "50".
bool contains_words(std::string_view text, std::string_view wanted) {
  for (size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
    const size_t end = at + wanted.size();
    const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(wanted.front());
    if (begins && (end == text.size() || !is_word_byte(text[end]) || !is_word_byte(wanted.back()))) return true;
  }
  return false;
}

bool is_verbatim(std::string_view sentence, std::span<const std::string_view> cited) {
  const std::string wanted = normalised(sentence);
  if (wanted.empty()) return false;
  return std::ranges::any_of(cited, [&](std::string_view text) { return contains_words(normalised(text), wanted); });
}

Fault missing_fact(const TextFacts& claim, const TextFacts& cited, const TextFacts& headers) {
  for (const Fact& fact : claim.facts) {
    if (has_fact(cited, fact)) continue;
    if (fact.kind == Fact::Kind::kNumber) return Fault::kNumberMissing;
    if (has_fact(headers, fact)) continue;
    if (fact.kind == Fact::Kind::kMonth) return Fault::kDateMissing;
    if (fact.may_be_common && is_question_word(fact.value)) continue;
    return Fault::kNameMissing;
  }
  return Fault::kNone;
}

size_t denials(const TextFacts& facts) { return static_cast<size_t>(std::ranges::count_if(facts.words, is_denial)); }

// Share of the claim's telling words, by stem, that the cited text has.
float overlap_of(std::string_view sentence, std::string_view cited) {
  index::TermReader reader;
  const auto whole = [](std::string_view text) { return Span{0, static_cast<uint32_t>(text.size())}; };
  std::unordered_set<std::string> there;
  for (index::Term& term : reader.read(cited, whole(cited), "en", kWordsMax)) {
    there.insert(std::move(term.stem));
    there.insert(std::move(term.folded));
  }
  size_t telling = 0;
  size_t found = 0;
  for (const index::Term& term : reader.read(sentence, whole(sentence), "en", kWordsMax)) {
    if (is_function_word(term.folded)) continue;
    ++telling;
    found += there.contains(term.stem) || there.contains(term.folded) ? 1 : 0;
  }
  return telling == 0 ? 0 : static_cast<float>(found) / static_cast<float>(telling);
}

std::vector<std::string_view> sentences_of(std::span<const std::string_view> cited) {
  std::vector<std::string_view> sentences;
  for (const std::string_view text : cited) {
    const auto size = static_cast<uint32_t>(text.size());
    for (uint32_t at = 0; at < size && sentences.size() < kComparedSentences;) {
      const uint32_t end = std::max(document::sentence_end(text, at, size).at, at + 1);
      const Span sentence = document::trimmed(text, {at, end});
      if (!sentence.empty()) sentences.push_back(sentence.of(text));
      at = end;
    }
  }
  return sentences;
}

Result<float> similarity_of(std::string_view sentence, std::span<const std::string_view> cited,
                            model::EncoderSessions& sessions) {
  std::vector<std::string_view> texts = sentences_of(cited);
  texts.insert(texts.end(), cited.begin(), cited.end());
  for (std::string_view& text : texts) text = utf8_truncated(text, kComparedBytesMax);
  texts.push_back(sentence);
  ASSIGN_OR_RETURN(const std::vector<float> vectors, sessions.embed(texts));
  const size_t width = sessions.encoder().width();
  const float* const claim = vectors.data() + (texts.size() - 1) * width;
  float best = 0;
  for (size_t i = 0; i + 1 < texts.size(); ++i) {
    best = std::max(best, std::inner_product(claim, claim + width, vectors.data() + i * width, 0.0F));
  }
  return best;
}

// Whether one denies what the other does not: by the cited sentence that has most of the claim's words.
bool differs_in_denial(const TextFacts& claim, std::span<const std::string_view> cited) {
  size_t best = 0;
  bool denied = denials(claim) > 0;
  for (const std::string_view one : sentences_of(cited)) {
    const TextFacts facts = facts_of(one);
    const auto common = static_cast<size_t>(
        std::ranges::count_if(claim.words, [&](const std::string& word) { return facts.known.contains(word); }));
    if (common < best || (common == best && best > 0)) continue;
    best = common;
    denied = denials(facts) > 0;
  }
  return denied != (denials(claim) > 0);
}

}  // namespace

std::string_view fault_name(Fault fault) {
  switch (fault) {
    case Fault::kNone:
      return "none";
    case Fault::kNoCitation:
      return "no-citation";
    case Fault::kNoMessage:
      return "no-message";
    case Fault::kNoPart:
      return "no-part";
    case Fault::kNoSpan:
      return "no-span";
    case Fault::kQuoteDiffers:
      return "quote-differs";
    case Fault::kDigestDiffers:
      return "digest-differs";
    case Fault::kNumberMissing:
      return "number-missing";
    case Fault::kDateMissing:
      return "date-missing";
    case Fault::kNameMissing:
      return "name-missing";
    case Fault::kDenied:
      return "denied";
    case Fault::kUnrelated:
      return "unrelated";
  }
  return "";
}

Result<Verdict> check_support(std::string_view sentence, std::span<const std::string_view> cited,
                              std::string_view headers, model::EncoderSessions* sessions,
                              const SupportOptions& options) {
  Verdict verdict;
  if (cited.empty()) return Verdict{Fault::kNoCitation, 0, 0};
  const TextFacts claim = facts_of(sentence);
  if (is_verbatim(sentence, cited)) {
    return Verdict{differs_in_denial(claim, cited) ? Fault::kDenied : Fault::kNone, 1, 1};
  }
  const std::string all = joined(cited);
  verdict.overlap = overlap_of(sentence, all);
  verdict.fault = missing_fact(claim, facts_of(all), facts_of(headers));
  if (!verdict.supported()) return verdict;
  if (verdict.overlap < options.overlap_min) {
    verdict.fault = Fault::kUnrelated;
    return verdict;
  }
  if (sessions != nullptr) {
    ASSIGN_OR_RETURN(verdict.similarity, similarity_of(sentence, cited, *sessions));
  }
  const bool is_near = verdict.overlap >= options.overlap_enough ||
                       (sessions != nullptr && verdict.similarity >= options.similarity_min);
  if (!is_near) {
    verdict.fault = Fault::kUnrelated;
  } else if (differs_in_denial(claim, cited)) {
    verdict.fault = Fault::kDenied;
  }
  return verdict;
}

}  // namespace custos::agent
