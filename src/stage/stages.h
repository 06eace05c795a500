// What is done to a document: parse · deduplicate · clean · language · thread · redact · chunk · tokenize; then,
// to many at once, embed (stage/embed).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/message.h"
#include "document/raw_document.h"
#include "document/record.h"
#include "model/token_counter.h"
#include "stage/chunk/chunk.h"
#include "stage/clean/clean.h"
#include "stage/embed/embed.h"
#include "stage/parse/parse.h"
#include "stage/redact/redactor.h"

namespace custos::stage {

struct StageOptions {
  ParseLimits parse;
  CleanOptions clean;
  RedactOptions redact;
  ChunkOptions chunk;
  ChunkScope chunk_scope;
};

enum class Step { kParse, kDeduplicate, kClean, kLanguage, kThread, kRedact, kChunk, kTokenize };
inline constexpr size_t kStepCount = 8;
[[nodiscard]] std::string_view step_name(Step step);

// Time and input bytes of each step.
struct StepTimes {
  std::array<uint64_t, kStepCount> nanoseconds{};
  std::array<uint64_t, kStepCount> bytes{};

  StepTimes& operator+=(const StepTimes& other);
};

// One thread's working memory.
struct Desk {
  Redactor::Scratch scratch;
  StepTimes times;
};

// A document on its way: parsed, and told apart from all others, but not yet redacted.
struct Draft {
  document::Message message;
  document::Record record;  // identity only, until complete()
};

// Immutable and shared by all threads; each thread brings its own Desk.
class Stages {
 public:
  // `counter` outlives the result.
  [[nodiscard]] static Result<std::unique_ptr<Stages>> create(const StageOptions& options,
                                                              const model::TokenCounter& counter);
  virtual ~Stages() = default;

  [[nodiscard]] virtual Result<std::unique_ptr<Desk>> open_desk() const = 0;
  // Parse and deduplicate. Fails where the bytes are no document; the error's text is a reason for the ledger.
  [[nodiscard]] virtual Result<Draft> read(const document::RawDocument& raw, Desk& desk) const = 0;
  // All other stages: afterwards draft.record is whole.
  virtual void complete(Draft& draft, Desk& desk) const = 0;
  // Name and version of each stage and of the settings: what a segment's manifest records.
  [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> versions() const = 0;
};

}  // namespace custos::stage
