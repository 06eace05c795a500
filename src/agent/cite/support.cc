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

// Whether a word or number goes on over `at`: "45" is not in "450" and not in "45,000".
bool is_inside(std::string_view text, size_t at) {
  if (at == 0 || at >= text.size() || !is_word_byte(text[at - 1])) return false;
  if (is_word_byte(text[at])) return true;
  const auto is_digit = [&](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  return (text[at] == ',' || text[at] == '.') && is_digit(at - 1) && is_digit(at + 1);
}

// As whole words.
bool contains_words(std::string_view text, std::string_view wanted) {
  for (size_t at = text.find(wanted); at != std::string_view::npos; at = text.find(wanted, at + 1)) {
    const bool is_behind_mark = at > 1 && (text[at - 1] == ',' || text[at - 1] == '.');
    if (is_inside(text, at) || (is_behind_mark && is_inside(text, at - 1))) continue;
    if (!is_inside(text, at + wanted.size())) return true;
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

// Of the claim's telling words, by stem.
struct Overlap {
  float share = 0;         // that the cited text has
  size_t missing_run = 0;  // the longest row of those that it lacks
};

Overlap overlap_of(std::string_view sentence, std::string_view cited) {
  index::TermReader reader;
  const auto whole = [](std::string_view text) { return Span{0, static_cast<uint32_t>(text.size())}; };
  std::unordered_set<std::string> there;
  for (index::Term& term : reader.read(cited, whole(cited), "en", kWordsMax)) {
    there.insert(std::move(term.stem));
    there.insert(std::move(term.folded));
  }
  Overlap overlap;
  size_t telling = 0;
  size_t found = 0;
  size_t run = 0;
  for (const index::Term& term : reader.read(sentence, whole(sentence), "en", kWordsMax)) {
    if (is_question_word(term.folded) || is_denial(term.folded)) continue;
    ++telling;
    const bool is_there = there.contains(term.stem) || there.contains(term.folded);
    found += is_there ? 1 : 0;
    run = is_there ? 0 : run + 1;
    overlap.missing_run = std::max(overlap.missing_run, run);
  }
  overlap.share = telling == 0 ? 0 : static_cast<float>(found) / static_cast<float>(telling);
  return overlap;
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

// Whether one denies what the other does not: by the words of the cited text that are most like the claim's, and the
// one before them.
bool differs_in_denial(const TextFacts& claim, const TextFacts& cited) {
  const size_t size = std::min(claim.words.size() + 1, cited.words.size());
  if (size == 0) return false;
  const auto counts = [&](size_t i) { return claim.known.contains(cited.words[i]) ? 1 : 0; };
  int common = 0;
  for (size_t i = 0; i < size; ++i) common += counts(i);
  int best_common = common;
  size_t best = 0;
  for (size_t begin = 1; begin + size <= cited.words.size(); ++begin) {
    common += counts(begin + size - 1) - counts(begin - 1);
    if (common <= best_common) continue;
    best_common = common;
    best = begin;
  }
  const auto first = cited.words.begin() + static_cast<std::ptrdiff_t>(best);
  const bool is_denied = std::any_of(first, first + static_cast<std::ptrdiff_t>(size), is_denial);
  return is_denied != std::ranges::any_of(claim.words, is_denial);
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
  if (cited.empty()) return Verdict{Fault::kNoCitation, 0, 0};
  std::string all = joined(cited);
  const TextFacts claim = facts_of(sentence);
  const TextFacts there = facts_of(all);
  const bool differs = differs_in_denial(claim, there);
  if (is_verbatim(sentence, cited)) return Verdict{differs ? Fault::kDenied : Fault::kNone, 1, 1};
  const Overlap overlap = overlap_of(sentence, all.append(headers));
  Verdict verdict{missing_fact(claim, there, facts_of(headers)), overlap.share, 0};
  if (!verdict.supported()) return verdict;
  if (overlap.share < options.overlap_min || overlap.missing_run > options.missing_run_max) {
    verdict.fault = Fault::kUnrelated;
    return verdict;
  }
  if (sessions != nullptr) {
    ASSIGN_OR_RETURN(verdict.similarity, similarity_of(sentence, cited, *sessions));
  }
  const bool is_near = overlap.share >= options.overlap_enough || verdict.similarity >= options.similarity_min;
  if (!is_near) {
    verdict.fault = Fault::kUnrelated;
  } else if (differs) {
    verdict.fault = Fault::kDenied;
  }
  return verdict;
}

}  // namespace custos::agent
