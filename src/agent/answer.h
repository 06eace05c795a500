// Here is a question, gimme an answer: sentences of the archive, each with a checked citation. No language model.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "agent/citation.h"
#include "base/result.h"
#include "document/message.h"
#include "model/encoder_sessions.h"
#include "query/search.h"
#include "store/archive.h"

namespace custos::agent {

inline constexpr uint32_t kSentencesMax = 100;

struct AnswerRequest {
  std::string question;
  query::SearchRequest scope;  // its filters alone count
  bool all = false;            // every match and their number, not the best ones
  uint32_t sentences = 5;      // at most so many; of --all, no limit
  // Names and dates of the question become filters. False: all of it is words.
  bool understand = true;
  uint32_t evidence_tokens = 1500;  // of messages that are read for an answer, about
  bool explain = false;             // fills Answer::evidence and plan
};

// A filter that the question was understood to name.
struct AnswerFilter {
  std::string scope;  // as in the query language
  std::string value;
  bool denied = false;
  document::Span span;  // of the question
};

struct AnswerSentence {
  document::RedactedText text;
  std::vector<Citation> citations;
  Verdict verdict;
  float score = 0;
  std::optional<document::Timestamp> date;  // of the cited message
  std::string from;                         // its author's name or address
  std::string subject;
};

// A passage that was read, best first.
struct Evidence {
  std::string message;  // id
  uint32_t part = 0;    // index into what `custos show` prints as "parts"
  document::Span span;
  float score = 0;
  bool is_match = false;  // found itself; else a neighbour in the conversation
};

enum class AnswerMode : uint8_t { kBest, kExhaustive };
[[nodiscard]] std::string_view answer_mode_name(AnswerMode mode);  // "best", "exhaustive"

struct Answer {
  std::string id;  // the same for the same question over the same archive, settings and versions
  bool found = false;
  float confidence = 0;  // 0 to 1: that the archive has the answer; see docs/answers.md
  std::vector<AnswerSentence> sentences;
  AnswerMode mode = AnswerMode::kBest;
  uint64_t total = 0;  // kExhaustive: messages that match; kBest: messages that were read
  std::vector<AnswerFilter> filters;
  std::string query;  // what was searched, in the query language
  std::vector<Evidence> evidence;
  std::string plan;
  std::vector<std::pair<std::string, std::string>> versions;  // of all that decided it
  double took_ms = 0;
};

struct AnswerOptions {
  float confidence_min = 0.35F;  // below: not found in the archive
  SupportOptions support;
};

using AnswerProgress = std::function<void(uint64_t done, uint64_t total)>;

// Whom is asked; all outlive the call.
struct AnswerContext {
  const store::Archive& archive;
  const query::Searcher& searcher;
  model::EncoderSessions* sessions = nullptr;  // null: words alone decide
  AnswerOptions options;
};

// kInvalidArgument: a question without a word, or a filter that cannot be read. kCancelled. Needs the key of the
// originals, for the digests of citations.
[[nodiscard]] Result<Answer> answer(const AnswerContext& context, const AnswerRequest& request,
                                    const std::stop_token& stop, const AnswerProgress& progress);

}  // namespace custos::agent
