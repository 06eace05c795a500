#include "stage/stages.h"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "stage/deduplicate/deduplicate.h"
#include "stage/language/language.h"
#include "stage/thread/thread_keys.h"
#include "stage/tokenize/tokenizer.h"

namespace custos::stage {
namespace {

using document::Message;
using document::Part;
using document::Participant;
using document::RawDocument;
using document::RawKind;
using document::Record;
using document::RecordPart;
using document::RedactedText;
using document::Span;

// Adds the time from its making to its end to one step.
class StepTimer {
 public:
  StepTimer(StepTimes& times, Step step, uint64_t bytes)
      : times_(times), index_(static_cast<size_t>(step)), start_(std::chrono::steady_clock::now()) {
    times_.bytes[index_] += bytes;
  }
  ~StepTimer() {
    const auto spent = std::chrono::steady_clock::now() - start_;
    times_.nanoseconds[index_] +=
        static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(spent).count());
  }
  StepTimer(const StepTimer&) = delete;
  StepTimer& operator=(const StepTimer&) = delete;

 private:
  StepTimes& times_;
  size_t index_;
  std::chrono::steady_clock::time_point start_;
};

uint64_t body_bytes(const Message& message) {
  uint64_t bytes = 0;
  for (const Part& part : message.parts) bytes += part.text.size();
  return bytes;
}

// A name or label without a digit and without an "@" holds no identifier.
bool may_identify(std::string_view text) { return text.find_first_of("0123456789@") != std::string_view::npos; }

// The authored text, or all of it where nothing is authored: what tells the language.
std::string authored_text(const Part& part) {
  std::string text;
  for (const Span span : document::authored_spans(part.removed, static_cast<uint32_t>(part.text.size()))) {
    text += span.of(part.text).substr(0, kLanguageBytesMax);
    if (text.size() >= kLanguageBytesMax) break;
  }
  return text.empty() ? part.text.substr(0, kLanguageBytesMax) : text;
}

// The settings that change what is masked, and how.
std::string redact_version(const RedactOptions& options) {
  std::string kinds;
  for (const Recognizer& kind : options.extra) kinds += kind.type + '\0' + kind.pattern + '\0' + kind.validator + '\0';
  for (const std::string& type : options.disabled) kinds += type + '\0';
  return fmt::format("{};threshold={};profile={};mask={};kinds={:016x}", kRedactVersion, options.threshold,
                     static_cast<int>(options.profile), static_cast<int>(options.mask), hash64(kinds));
}

class BuiltStages final : public Stages {
 public:
  BuiltStages(const StageOptions& options, MailParser parser, Cleaner cleaner, Redactor redactor,
              const model::TokenCounter& counter)
      : options_(options),
        parser_(std::move(parser)),
        cleaner_(std::move(cleaner)),
        redactor_(std::move(redactor)),
        chunker_(counter, options.chunk) {}

  Result<std::unique_ptr<Desk>> open_desk() const override;
  Result<Draft> read(const RawDocument& raw, Desk& desk) const override;
  void complete(Draft& draft, Desk& desk) const override;
  std::vector<std::pair<std::string, std::string>> versions() const override;

 private:
  void clean(Message& message) const;
  document::ThreadKeys find_thread_keys(const Message& message) const;
  std::string redacted_label(const std::string& label, Desk& desk) const;
  std::vector<Participant> redacted_names(const std::vector<Participant>& participants, Desk& desk) const;
  RecordPart redact_part(const Part& part, Desk& desk) const;
  void redact(const Message& message, Record& record, Desk& desk) const;

  StageOptions options_;
  MailParser parser_;
  Cleaner cleaner_;
  Redactor redactor_;
  Chunker chunker_;
  Tokenizer tokenizer_;
};

Result<std::unique_ptr<Desk>> BuiltStages::open_desk() const {
  ASSIGN_OR_RETURN(Redactor::Scratch scratch, redactor_.make_scratch());
  return std::make_unique<Desk>(Desk{std::move(scratch), {}});
}

Result<Draft> BuiltStages::read(const RawDocument& raw, Desk& desk) const {
  Draft draft;
  {
    const StepTimer timer(desk.times, Step::kParse, raw.bytes.size());
    ASSIGN_OR_RETURN(draft.message,
                     raw.kind == RawKind::kMail ? parser_.parse(raw.bytes) : parse_record(raw.bytes, options_.parse));
  }
  const StepTimer timer(desk.times, Step::kDeduplicate, raw.bytes.size());
  Record& record = draft.record;
  record.content_key = content_key(draft.message);
  record.id = message_public_id(draft.message, record.content_key);
  record.message_id = draft.message.message_id;
  record.edrm_mih = edrm_mih(draft.message);
  record.raw_digest = blake2b(raw.bytes);
  record.raw_bytes = raw.bytes.size();
  record.raw_kind = raw.kind;
  record.place = raw.place;
  record.flags = raw.flags;
  return draft;
}

void BuiltStages::clean(Message& message) const {
  for (Part& part : message.parts) {
    if (!part.is_body) continue;
    part.removed = cleaner_.find_removed(part.text, clean_hints(message, part.content_type == "text/html"));
  }
}

document::ThreadKeys BuiltStages::find_thread_keys(const Message& message) const {
  std::vector<QuotedBlock> blocks;
  std::vector<QuotedText> quoted;
  for (const Part& part : message.parts) {
    if (!part.is_body) continue;
    const auto found = quoted_blocks(part.text, part.removed);
    blocks.insert(blocks.end(), found.begin(), found.end());
    for (const QuotedBlock& block : found) quoted.push_back({{}, block.body.of(part.text)});
  }
  // Only now: the subjects' addresses hold once `blocks` grows no more.
  for (size_t i = 0; i < blocks.size(); ++i) quoted[i].subject = blocks[i].subject;
  return thread_keys(message, quoted);
}

std::string BuiltStages::redacted_label(const std::string& label, Desk& desk) const {
  return may_identify(label) ? redactor_.redact(label, desk.scratch).text() : label;
}

std::vector<Participant> BuiltStages::redacted_names(const std::vector<Participant>& participants, Desk& desk) const {
  std::vector<Participant> shown = participants;
  for (Participant& participant : shown) participant.name = redacted_label(participant.name, desk);
  return shown;
}

RecordPart BuiltStages::redact_part(const Part& part, Desk& desk) const {
  RecordPart redacted{.number = part.number,
                      .content_type = part.content_type,
                      .name = redactor_.redact(part.name, desk.scratch),
                      .bytes = part.bytes,
                      .sha256 = part.sha256,
                      .is_attachment = part.is_attachment,
                      .is_body = part.is_body,
                      .text = redactor_.redact(part.text, desk.scratch),
                      .removed = {},
                      .language = part.language};
  for (const document::ReasonedSpan& removed : part.removed) {
    redacted.removed.push_back({redacted.text.map(removed.span), removed.reason});
  }
  return redacted;
}

void BuiltStages::redact(const Message& message, Record& record, Desk& desk) const {
  record.subject = redactor_.redact(message.subject, desk.scratch);
  record.from = redacted_names(message.from, desk);
  record.to = redacted_names(message.to, desk);
  record.cc = redacted_names(message.cc, desk);
  record.bcc = redacted_names(message.bcc, desk);
  record.channel = redacted_label(message.channel, desk);
  uint32_t original_size = 0;
  bool first = true;
  for (const Part& part : message.parts) {
    record.parts.push_back(redact_part(part, desk));
    if (!part.is_body) continue;
    record.text.append_line(record.parts.back().text, original_size, first);
    original_size += static_cast<uint32_t>(part.text.size()) + (first ? 0 : 1);
    first = false;
  }
}

void BuiltStages::complete(Draft& draft, Desk& desk) const {
  Message& message = draft.message;
  Record& record = draft.record;
  const uint64_t bytes = body_bytes(message);
  const auto timed = [&](Step step, auto&& work) {
    const StepTimer timer(desk.times, step, bytes);
    work();
  };
  timed(Step::kClean, [&] { clean(message); });
  timed(Step::kLanguage, [&] {
    for (Part& part : message.parts) {
      if (part.is_body) part.language = detect_language(authored_text(part));
    }
  });
  timed(Step::kThread, [&] { record.thread_keys = find_thread_keys(message); });
  record.date = message.date;
  record.in_reply_to = message.in_reply_to;
  record.references = message.references;
  record.list_id = message.list_id;
  record.defects = message.defects;
  timed(Step::kRedact, [&] { redact(message, record, desk); });
  timed(Step::kChunk, [&] { record.chunks = chunk_record(chunker_, record, options_.chunk_scope); });
  timed(Step::kTokenize, [&] { record.tokens = tokenizer_.tokenize(record.text); });
}

std::vector<std::pair<std::string, std::string>> BuiltStages::versions() const {
  return {{"parse", std::string(kParseVersion)},   {"deduplicate", std::string(kDeduplicateVersion)},
          {"clean", std::string(kCleanVersion)},   {"language", std::string(kLanguageVersion)},
          {"thread", std::string(kThreadVersion)}, {"redact", redact_version(options_.redact)},
          {"chunk", chunker_.version()},           {"tokenize", std::string(kTokenizeVersion)}};
}

}  // namespace

std::string_view step_name(Step step) {
  static constexpr std::array<std::string_view, kStepCount> kNames = {"parse",  "deduplicate", "clean", "language",
                                                                      "thread", "redact",      "chunk", "tokenize"};
  return kNames[static_cast<size_t>(step)];
}

StepTimes& StepTimes::operator+=(const StepTimes& other) {
  for (size_t i = 0; i < kStepCount; ++i) {
    nanoseconds[i] += other.nanoseconds[i];
    bytes[i] += other.bytes[i];
  }
  return *this;
}

Result<std::unique_ptr<Stages>> Stages::create(const StageOptions& options, const model::TokenCounter& counter) {
  ASSIGN_OR_RETURN(MailParser parser, MailParser::create(options.parse));
  ASSIGN_OR_RETURN(Cleaner cleaner, Cleaner::create(options.clean));
  ASSIGN_OR_RETURN(Redactor redactor, Redactor::create(options.redact));
  return std::unique_ptr<Stages>(
      std::make_unique<BuiltStages>(options, std::move(parser), std::move(cleaner), std::move(redactor), counter));
}

}  // namespace custos::stage
