// Which sentences of many say most of them all. Private to summarize.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/extract/sentences.h"
#include "base/result.h"
#include "document/span.h"
#include "index/terms.h"
#include "model/encoder_sessions.h"

namespace custos::agent {

struct SalientSentence {
  size_t message = 0;  // in the order of time
  TextSentence sentence;
  std::string text;
  std::vector<std::string> stems;  // telling ones, unique, sorted
  float score = 0;
  std::vector<float> vector;
};

// How often telling words are used, message by message. Memory grows with the vocabulary, up to a stated maximum.
class WordUse {
 public:
  void add(const std::vector<std::string>& stems);
  // The share of a message's words, damped; 0 for one that only stands once in more than one message.
  [[nodiscard]] float weight(const std::string& stem) const;
  [[nodiscard]] size_t texts() const { return texts_; }

 private:
  std::unordered_map<std::string, uint32_t> uses_;
  size_t texts_ = 0;
};

// Telling stems of a text, unique, sorted.
[[nodiscard]] std::vector<std::string> telling_stems(index::TermReader& reader, std::string_view text,
                                                     std::string_view language);

// By words alone: what the others say too, early sentences first, none too short or long.
[[nodiscard]] float salience_by_words(const SalientSentence& sentence, const WordUse& use);

// Adds nearness in meaning to the middle of all, then picks `limit` that differ. `sessions` may be null.
[[nodiscard]] Result<std::vector<SalientSentence>> select_salient(std::vector<SalientSentence> sentences, size_t limit,
                                                                  model::EncoderSessions* sessions);

// The phrase of a text that would make a subject line: at most eight words of one sentence. Nothing where there is no
// telling word. Spans are of sentence.text.
struct SubjectLine {
  size_t sentence = 0;
  document::Span span;
};
[[nodiscard]] Result<std::vector<SubjectLine>> subject_lines(std::span<const SalientSentence> sentences,
                                                             const WordUse& use, model::EncoderSessions* sessions);

}  // namespace custos::agent
