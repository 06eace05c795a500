// Here is a conversation, a person or a period, gimme what matters: sentences of it, each with a checked citation.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "agent/answer.h"
#include "base/result.h"

namespace custos::agent {

// One of thread, message, person, or a period (after, before, or both); person and period together are what a person
// wrote in it.
struct SummaryRequest {
  std::string thread;
  std::string message;
  std::string person;
  std::string after, before;
  uint32_t sentences = 5;
  bool subject_line = false;  // one phrase of a few words
};

// Sentences in the order of time. Reads every message of the scope (mode exhaustive); memory is bounded by the best few
// thousand sentences. Nothing authored in it: found is false. kInvalidArgument: not exactly one scope.
[[nodiscard]] Result<Answer> summarize(const AnswerContext& context, const SummaryRequest& request,
                                       const std::stop_token& stop, const AnswerProgress& progress);

}  // namespace custos::agent
