#include "stage/redact/shape_scanner.h"

#include <algorithm>
#include <array>

namespace custos::stage {
namespace {

constexpr std::array<bool, 256> alphanumerics() {
  std::array<bool, 256> table{};
  for (size_t byte = 0; byte < 0x80; ++byte) {
    table[byte] = (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
  }
  return table;
}

constexpr std::array<bool, 256> kAlphanumeric = alphanumerics();

bool is_alphanumeric(char byte) { return kAlphanumeric[static_cast<uint8_t>(byte)]; }
bool is_high(char byte) { return static_cast<uint8_t>(byte) >= 0x80; }

bool has_left_edge(std::string_view text, uint32_t at) {
  return at == 0 || !is_high(text[at - 1]) || has_word_edges(text, {at, static_cast<uint32_t>(text.size())});
}

bool has_right_edge(std::string_view text, size_t at) {
  if (at == text.size()) return true;
  return is_high(text[at]) ? has_word_edges(text, {0, static_cast<uint32_t>(at)}) : !is_alphanumeric(text[at]);
}

}  // namespace

void ShapeScanner::scan(MatchSink& sink) {
  progress_.assign(sink.patterns.size(), {});
  if (!words_.program().empty()) scan_words(sink);
  if (!anywhere_.program().empty()) scan_anywhere(sink);
}

void ShapeScanner::scan_words(MatchSink& sink) {
  const std::string_view text = sink.text;
  const std::array<uint8_t, 256>& classes = words_.program().classes();
  bool in_word = false;
  for (uint32_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<uint8_t>(text[at]);
    const bool may_begin = !in_word;
    in_word = kAlphanumeric[byte];
    if (!may_begin) continue;
    const uint32_t state = words_.next(words_.start(), classes[byte]);
    if (state != ShapeAutomaton::kDead) run_word(sink, at, state);
    if (sink.is_full()) return;
  }
}

void ShapeScanner::run_word(MatchSink& sink, uint32_t begin, uint32_t state) {
  const std::string_view text = sink.text;
  const std::array<uint8_t, 256>& classes = words_.program().classes();
  ends_.clear();
  for (uint32_t at = begin + 1; state != ShapeAutomaton::kDead; ++at) {
    if (words_.accepts(state) && has_right_edge(text, at)) ends_.push_back({at, state});
    if (at == text.size()) break;
    state = words_.next(state, classes[static_cast<uint8_t>(text[at])]);
  }
  if (ends_.empty() || !has_left_edge(text, begin)) return;
  for (auto end = ends_.rbegin(); end != ends_.rend(); ++end) {
    for (const uint32_t id : words_.accepted(end->state)) try_word(sink, id, {begin, end->at});
  }
}

void ShapeScanner::try_word(MatchSink& sink, uint32_t id, document::Span span) {
  const CompiledPattern& pattern = sink.patterns[id];
  Progress& progress = progress_[id];
  if (progress.start != span.begin + 1) {
    if (span.begin < progress.resume) return;
    progress = {.resume = progress.resume, .start = span.begin + 1};
  }
  if ((progress.added && !pattern.keeps_shorter) || progress.tries > MatchSink::kShorterMax) return;
  ++progress.tries;
  if (!pattern.told_by_shape && !sink.matches_whole(id, span)) return;
  sink.out.push_back({.span = span, .recognizer = id});
  progress.added = true;
  progress.resume = std::max(progress.resume, span.end);
}

void ShapeScanner::scan_anywhere(MatchSink& sink) {
  const std::string_view text = sink.text;
  const std::array<uint8_t, 256>& classes = anywhere_.program().classes();
  for (uint32_t at = 0; at < text.size() && !sink.is_full(); ++at) {
    const uint32_t first = anywhere_.next(anywhere_.start(), classes[static_cast<uint8_t>(text[at])]);
    // Most places are told by two bytes.
    if (at > 0 && at + 1 < text.size() && !anywhere_.accepts(first) &&
        anywhere_.next(first, classes[static_cast<uint8_t>(text[at + 1])]) == ShapeAutomaton::kDead) {
      continue;
    }
    run_anywhere(sink, at);
  }
}

void ShapeScanner::note_accepted(uint32_t state) {
  if (!anywhere_.accepts(state)) return;
  for (const uint32_t id : anywhere_.accepted(state)) {
    if (std::find(accepted_.begin(), accepted_.end(), id) == accepted_.end()) accepted_.push_back(id);
  }
}

uint32_t ShapeScanner::walk_anywhere(std::string_view text, uint32_t at, uint32_t state) {
  const ShapeProgram& program = anywhere_.program();
  while (state != ShapeAutomaton::kDead && at < text.size()) {
    state = anywhere_.next(state, program.classes()[static_cast<uint8_t>(text[at++])]);
    note_accepted(state);
  }
  if (state != ShapeAutomaton::kDead) note_accepted(anywhere_.next(state, program.text_end_class()));
  return at;
}

void ShapeScanner::run_anywhere(MatchSink& sink, uint32_t begin) {
  accepted_.clear();
  uint32_t end = walk_anywhere(sink.text, begin, anywhere_.start());
  if (begin == 0) {
    const uint32_t at_begin = anywhere_.next(anywhere_.start(), anywhere_.program().text_begin_class());
    end = std::max(end, walk_anywhere(sink.text, 0, at_begin));
  }
  for (const uint32_t id : accepted_) {
    Progress& progress = progress_[id];
    if (begin < progress.resume) continue;
    const document::Span whole{begin, sink.longest_match(id, begin, end)};
    if (whole.empty()) continue;
    const bool added = sink.add_all_lengths(id, whole);
    // The last byte may be the first of the next: "…0132 415-…" share the blank between them.
    const uint32_t shared = sink.patterns[id].has_group ? 1 : 0;
    progress.resume = added && whole.size() > 1 ? whole.end - shared : begin + 1;
  }
}

}  // namespace custos::stage
