// The messages that an answer is read from: found by search, with their neighbours in the conversation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/answer.h"
#include "agent/retrieve/message_texts.h"
#include "agent/retrieve/question.h"
#include "base/result.h"
#include "index/text_file.h"
#include "query/search.h"
#include "store/archive.h"

namespace custos::agent {

struct EvidenceMessage {
  store::MessageEntry entry;
  index::StoredText text;
  float score = 0;        // of the search, and of neighbours in the conversation
  bool is_match = false;  // found itself, so that the filters hold
  uint64_t folded = 0;    // near-identical ones that it stands for
  std::string people;     // names and addresses of who wrote it and to whom; "" for neighbours
};

struct EvidenceSet {
  std::vector<EvidenceMessage> messages;  // best first
  std::string plan;
  uint64_t total = 0;  // matches: counted in exhaustive mode
  // Asked for what a person wrote: what they quoted is not theirs.
  bool authored_only = false;
};

// For one thread.
class EvidenceFinder {
 public:
  EvidenceFinder(const store::Archive& archive, const query::Searcher& searcher, const MessageTexts& texts)
      : archive_(archive), searcher_(searcher), texts_(texts) {}

  // The best messages of at most about request.evidence_tokens. Conversations of the best are looked at as a whole: a
  // message gains by its neighbours in time.
  [[nodiscard]] Result<EvidenceSet> best(const Question& question, const AnswerRequest& request) const;
  // What search found, without texts: every match, oldest first.
  [[nodiscard]] Result<query::SearchAnswer> all(const Question& question, const AnswerRequest& request) const;

 private:
  struct Scored {
    store::MessageEntry entry;
    float score = 0;
    bool is_match = false;
    uint64_t folded = 0;
    std::string people;
  };
  [[nodiscard]] Result<std::vector<Scored>> with_neighbours(const query::SearchAnswer& found) const;
  [[nodiscard]] Result<std::vector<float>> in_context(const std::vector<Scored>& thread) const;
  [[nodiscard]] Status add_thread(const query::SearchAnswer& found, const query::SearchResult& of,
                                  std::vector<Scored>& scored) const;

  const store::Archive& archive_;
  const query::Searcher& searcher_;
  const MessageTexts& texts_;
};

// "Ann Lee ann.lee@example.com …" of a result.
[[nodiscard]] std::string people_of(const query::SearchResult& result);
// Whether the question or its scope names who wrote.
[[nodiscard]] bool names_author(const Question& question, const AnswerRequest& request);

// Of messages in the order of a conversation: each gains where its neighbours have more, and loses nothing.
[[nodiscard]] std::vector<float> raised_by_neighbours(const std::vector<float>& scores);

// A talk of many short messages, as a chat or a transcript, is read like one text, whose stretches answer rather than
// single lines: each score becomes the mean of those around it, long messages weighing more, fading with the text that
// lies between. `bytes`: the size of each message.
[[nodiscard]] std::vector<float> spread_over_talk(const std::vector<float>& scores, const std::vector<uint32_t>& bytes);

}  // namespace custos::agent
