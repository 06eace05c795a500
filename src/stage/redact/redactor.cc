#include "stage/redact/redactor.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "stage/redact/detector.h"
#include "stage/redact/mask.h"
#include "stage/redact/overlap.h"

namespace custos::stage {
namespace {

constexpr size_t kTextBytesMax = size_t{1} << 30;
constexpr int kRoundsMax = 64;

Status check(const RedactOptions& options) {
  if (!(options.threshold >= 0 && options.threshold <= 1)) {
    return Error{Code::kInvalidArgument, "the threshold of redaction is from 0 to 1"};
  }
  const bool keyed = options.mask == Mask::kHash || options.mask == Mask::kPseudonym;
  if (keyed && (options.salt.size() < 16 || options.salt.size() > 64)) {
    return Error{Code::kInvalidArgument, "hashes and pseudonyms need a salt of 16 to 64 bytes"};
  }
  if (options.pseudonym_digits < 4 || options.pseudonym_digits > 16) {
    return Error{Code::kInvalidArgument, "pseudonym_digits is from 4 to 16"};
  }
  return {};
}

document::Entity entity_of(const Candidate& candidate, const std::vector<Recognizer>& recognizers) {
  return {recognizers[candidate.recognizer].type, candidate.span, {}, candidate.score};
}

// Hyperscan's UTF-8 patterns must not see malformed text: each such byte becomes '?', which moves no offset. Empty
// where nothing had to be repaired.
std::string repaired_in_place(std::string_view text) {
  if (text.size() > kTextBytesMax || utf8_is_valid(text)) return {};
  std::string out(text);
  for (size_t at = 0; at < out.size();) {
    const size_t length = utf8_sequence_length(out, at);
    if (length == 0) out[at] = '?';
    at += std::max<size_t>(length, 1);
  }
  return out;
}

// Where a span of the redacted text that touches no tag was in the original.
document::Span unmapped(const std::vector<document::Entity>& entities, document::Span span) {
  const auto after = std::partition_point(entities.begin(), entities.end(), [&](const document::Entity& entity) {
    return entity.redacted.end <= span.begin;
  });
  if (after == entities.begin()) return span;
  const document::Entity& before = *(after - 1);
  const uint32_t begin = before.original.end + (span.begin - before.redacted.end);
  return {begin, begin + span.size()};
}

// Only what lies near a tag can have changed by it: context reaches 100 bytes, and a match little further.
document::Span around_tags(std::string_view text, const std::vector<document::Entity>& entities) {
  constexpr size_t kReach = 512;
  const auto is_blank = [&](size_t at) { return text[at] == ' ' || text[at] == '\n'; };
  size_t begin = entities.front().redacted.begin - std::min<size_t>(entities.front().redacted.begin, kReach);
  while (begin > 0 && !is_blank(begin - 1)) --begin;
  size_t end = std::min(text.size(), entities.back().redacted.end + kReach);
  while (end < text.size() && !is_blank(end)) ++end;
  return {static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

}  // namespace

struct Redactor::State {
  RedactOptions options;
  Detector detector;
};

struct Redactor::Scratch::State {
  DetectScratch detect;
};

Redactor::Scratch::Scratch(std::unique_ptr<State> state) : state_(std::move(state)) {}
Redactor::Scratch::Scratch(Scratch&& other) noexcept = default;
Redactor::Scratch& Redactor::Scratch::operator=(Scratch&& other) noexcept = default;
Redactor::Scratch::~Scratch() = default;

Result<Redactor> Redactor::create(RedactOptions options) {
  RETURN_IF_ERROR(check(options));
  ASSIGN_OR_RETURN(Detector detector, Detector::compile(options));
  return Redactor(std::make_shared<const State>(State{std::move(options), std::move(detector)}));
}

Result<Redactor::Scratch> Redactor::make_scratch() const {
  auto scratch = std::make_unique<Scratch::State>();
  RETURN_IF_ERROR(state_->detector.reserve(scratch->detect));
  return Scratch(std::move(scratch));
}

std::vector<document::Entity> Redactor::find(std::string_view given, Scratch& scratch) const {
  const Detector& detector = state_->detector;
  const std::string repaired = repaired_in_place(given);
  const std::string_view text = repaired.empty() ? given : repaired;
  if (text.size() > kTextBytesMax) return {{"UNREADABLE", {0, UINT32_MAX}, {}, 1.0F}};
  auto found = detector.detect(text, find_masks(text, state_->options), scratch.state_->detect);
  if (!found.ok()) return {{"UNREADABLE", {0, static_cast<uint32_t>(text.size())}, {}, 1.0F}};
  std::vector<document::Entity> entities;
  for (const Candidate& candidate : without_overlaps_of_type(std::move(*found), detector.recognizers())) {
    entities.push_back(entity_of(candidate, detector.recognizers()));
  }
  return entities;
}

// The masked text; sets each entity's place in it. REQUIRES: entities ascending, not overlapping.
static std::string masked(std::string_view text, std::vector<document::Entity>& entities,
                          const RedactOptions& options) {
  std::string out;
  out.reserve(text.size() + 8 * entities.size());
  uint32_t at = 0;
  for (document::Entity& entity : entities) {
    out += text.substr(at, entity.original.begin - at);
    entity.redacted.begin = static_cast<uint32_t>(out.size());
    out += mask_of(entity.type, entity.original.of(text), options);
    entity.redacted.end = static_cast<uint32_t>(out.size());
    at = entity.original.end;
  }
  out += text.substr(at);
  return out;
}

document::RedactedText Redactor::redact(std::string_view given, Scratch& scratch) const {
  if (given.empty()) return {};
  const Detector& detector = state_->detector;
  const std::string repaired = repaired_in_place(given);
  const std::string_view text = repaired.empty() ? given : repaired;
  const auto unreadable = [&] {
    const std::string tag = "[REDACTED-UNREADABLE]";
    const auto size = static_cast<uint32_t>(std::min<size_t>(text.size(), UINT32_MAX));
    return document::RedactedText(tag, {{"UNREADABLE", {0, size}, {0, static_cast<uint32_t>(tag.size())}, 1.0F}});
  };
  if (text.size() > kTextBytesMax) return unreadable();
  std::vector<document::Entity> entities;
  std::string current;
  // What is left of a candidate that lost, or text that a mask brought together, may be an identifier of its own.
  for (int round = 0; round < kRoundsMax; ++round) {
    const std::string_view whole = round == 0 ? text : std::string_view(current);
    const document::Span near_tags =
        round == 0 ? document::Span{0, static_cast<uint32_t>(text.size())} : around_tags(current, entities);
    const std::string_view view = near_tags.of(whole);
    auto found = detector.detect(view, find_masks(view, state_->options), scratch.state_->detect);
    if (!found.ok()) return unreadable();
    const std::vector<Candidate> kept = merged_overlaps(std::move(*found));
    if (kept.empty() && round == 0) return document::RedactedText(std::string(text), {});
    if (kept.empty()) break;
    std::vector<document::Entity> added;
    for (const Candidate& candidate : kept) {
      added.push_back(entity_of(candidate, detector.recognizers()));
      added.back().original =
          unmapped(entities, {candidate.span.begin + near_tags.begin, candidate.span.end + near_tags.begin});
    }
    entities.insert(entities.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    std::sort(entities.begin(), entities.end(),
              [](const document::Entity& a, const document::Entity& b) { return a.original < b.original; });
    if (entities.size() > state_->options.entities_max) return unreadable();
    current = masked(text, entities, state_->options);
  }
  return document::RedactedText(std::move(current), std::move(entities));
}

std::vector<std::string> Redactor::types() const {
  std::set<std::string> types;
  for (const Recognizer& recognizer : state_->detector.recognizers()) types.insert(recognizer.type);
  return {types.begin(), types.end()};
}

}  // namespace custos::stage
