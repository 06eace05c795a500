#include "stage/redact/scan/compiled_pattern.h"

#include <re2/re2.h>

#include <algorithm>
#include <string>
#include <utility>

namespace custos::stage {
namespace {

re2::StringPiece piece(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

CompiledPattern::CompiledPattern(const Recognizer& recognizer, std::unique_ptr<re2::RE2> compiled)
    : word_edges(recognizer.word_edges),
      keeps_shorter(!recognizer.validator.empty()),
      has_group(compiled->NumberOfCapturingGroups() > 0),
      expression(std::move(compiled)) {}
CompiledPattern::CompiledPattern(CompiledPattern&&) noexcept = default;
CompiledPattern& CompiledPattern::operator=(CompiledPattern&&) noexcept = default;
CompiledPattern::~CompiledPattern() = default;

bool reads_characters(std::string_view pattern) {
  const auto is_high = [](char byte) { return static_cast<uint8_t>(byte) >= 0x80; };
  return std::any_of(pattern.begin(), pattern.end(), is_high) || pattern.find("\\p") != std::string_view::npos ||
         pattern.find("\\P") != std::string_view::npos;
}

Error pattern_not_compiled(const Recognizer& recognizer, std::string_view why) {
  return {Code::kInvalidArgument,
          "the pattern of recognizer " + recognizer.type + " does not compile: " + std::string(why)};
}

Result<CompiledPattern> compile_pattern(const Recognizer& recognizer) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_longest_match(true);
  options.set_encoding(reads_characters(recognizer.pattern) ? re2::RE2::Options::EncodingUTF8
                                                            : re2::RE2::Options::EncodingLatin1);
  options.set_case_sensitive(!recognizer.ignore_case);
  auto expression = std::make_unique<re2::RE2>(recognizer.pattern, options);
  if (!expression->ok()) return pattern_not_compiled(recognizer, expression->error());
  return CompiledPattern(recognizer, std::move(expression));
}

document::Span MatchSink::first_match(uint32_t id, uint32_t begin) const {
  re2::StringPiece match;
  if (!patterns[id].expression->Match(piece(text), begin, text.size(), re2::RE2::UNANCHORED, &match, 1)) return {};
  const auto at = static_cast<uint32_t>(match.data() - text.data());
  return {at, at + static_cast<uint32_t>(match.size())};
}

uint32_t MatchSink::longest_match(uint32_t id, uint32_t begin, uint32_t end) const {
  re2::StringPiece match;
  const bool found = patterns[id].expression->Match(piece(text), begin, end, re2::RE2::ANCHOR_START, &match, 1);
  return found ? begin + static_cast<uint32_t>(match.size()) : begin;
}

bool MatchSink::matches_whole(uint32_t id, document::Span span) const {
  return patterns[id].expression->Match(piece(text), span.begin, span.end, re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

bool MatchSink::add(uint32_t id, document::Span whole) {
  const CompiledPattern& pattern = patterns[id];
  document::Span span = whole;
  if (pattern.has_group) {
    re2::StringPiece groups[2];
    if (!pattern.expression->Match(piece(text), whole.begin, whole.end, re2::RE2::ANCHOR_BOTH, groups, 2)) return false;
    if (!groups[1].empty()) {
      span.begin = static_cast<uint32_t>(groups[1].data() - text.data());
      span.end = span.begin + static_cast<uint32_t>(groups[1].size());
    }
  }
  if (pattern.word_edges && !has_word_edges(text, span)) return false;
  out.push_back({.span = span, .recognizer = id});
  return true;
}

bool MatchSink::add_all_lengths(uint32_t id, document::Span whole) {
  bool added = add(id, whole);
  for (int i = 0; i < kShorterMax && (!added || patterns[id].keeps_shorter) && whole.size() > 1; ++i) {
    whole.end = longest_match(id, whole.begin, whole.end - 1);
    if (whole.empty()) break;
    added = add(id, whole) || added;
  }
  return added;
}

}  // namespace custos::stage
