// Threads of a batch of messages: JWZ's algorithm as RFC 5256 (IMAP THREAD) states it, ORDEREDSUBJECT, and our own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/record.h"

namespace custos::stage {

enum class ThreadAlgorithm {
  kCustos,          // References, then quoted text, then subjects with Re: (the keys of thread_keys.h)
  kReferences,      // RFC 5256 §3, THREAD=REFERENCES
  kOrderedSubject,  // RFC 5256 §3, THREAD=ORDEREDSUBJECT
};
// "custos", "references", "orderedsubject"; kInvalidArgument names them.
[[nodiscard]] Result<ThreadAlgorithm> thread_algorithm_from_name(std::string_view name);

struct ThreadInput {
  std::string message_id;  // without brackets; empty where missing
  std::vector<std::string> in_reply_to;
  std::vector<std::string> references;  // oldest first
  std::string subject;                  // RFC 2047 decoded
  std::optional<int64_t> date;          // sent, seconds UTC; without one it sorts by its place in the batch
  document::ThreadKeys keys;            // read by kCustos only
};

struct ThreadPlace {
  uint32_t thread = 0;  // index of the message that names the thread: the first of it in `order`
  int64_t parent = -1;  // index of the message that this one answers; -1: none, or none that is in the batch
  uint32_t order = 0;   // place in the sorted display of all threads, each parent before its children
};

// One place a message, in the order given. Takes any input: missing, repeated and lying ids, and loops. Nothing
// recurses; time is O(n log n) for n ids. References after the last 1000 of a message are not read. Where headers
// contradict each other so that a chain of more than 10,000 messages would have to be walked to rule out a loop, the
// link is not made. REQUIRES: fewer than 2^31 messages.
[[nodiscard]] std::vector<ThreadPlace> thread_messages(const std::vector<ThreadInput>& messages,
                                                       ThreadAlgorithm algorithm);

}  // namespace custos::stage
