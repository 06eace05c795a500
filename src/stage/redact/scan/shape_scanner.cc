#include "stage/redact/scan/shape_scanner.h"

#include <algorithm>
#include <array>
#include <bit>

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

ShapeScanner::ShapeScanner(const ShapePrograms& programs) {
  for (const ShapeGroup& group : programs) {
    machines_.push_back({ShapeAutomaton(group.program), group.of_words, group.announced});
  }
}

void ShapeScanner::scan(MatchSink& sink) {
  progress_.assign(sink.patterns.size(), {});
  marks_.read(sink.text);
  for (Machine& machine : machines_) scan(machine, sink);
}

void ShapeScanner::scan(Machine& machine, MatchSink& sink) {
  // What the block before ended with: whether its last byte was a letter or digit.
  uint64_t in_word = 0;
  // A match may look at the begin of the text before it looks at any byte.
  if (!machine.of_words) run_at_begin(machine.automaton, sink);
  for (size_t i = 0; i < marks_.block_count(); ++i) {
    uint64_t starts = possible_starts(marks_, machine.announced, i);
    if (machine.of_words) {
      const uint64_t alphanumerics = marks_.block(i).alphanumerics;
      starts &= ~(alphanumerics << 1 | in_word);
      in_word = alphanumerics >> 63;
    }
    if (starts != 0) run_starts(machine, sink, static_cast<uint32_t>(i * TextMarks::kBlockBytes), starts);
  }
}

void ShapeScanner::run_starts(Machine& machine, MatchSink& sink, uint32_t block, uint64_t starts) {
  for (; starts != 0 && !sink.is_full(); starts &= starts - 1) {
    const uint32_t at = block + static_cast<uint32_t>(std::countr_zero(starts));
    if (at >= sink.text.size()) return;
    if (machine.automaton.dies_at_once(sink.text, at)) continue;
    if (machine.of_words) {
      run_word(machine.automaton, sink, at);
    } else if (at > 0) {
      run_anywhere(machine.automaton, sink, at);
    }
  }
}

void ShapeScanner::run_word(ShapeAutomaton& automaton, MatchSink& sink, uint32_t begin) {
  const std::string_view text = sink.text;
  const std::array<uint8_t, 256>& classes = automaton.program().classes();
  uint32_t state = automaton.start();
  ends_.clear();
  for (uint32_t at = begin; at < text.size();) {
    state = automaton.next(state, classes[static_cast<uint8_t>(text[at++])]);
    if (state == ShapeAutomaton::kDead) break;
    if (ShapeAutomaton::accepts(state) && has_right_edge(text, at)) ends_.push_back({at, state});
  }
  if (ends_.empty() || !has_left_edge(text, begin)) return;
  for (auto end = ends_.rbegin(); end != ends_.rend(); ++end) {
    for (const uint32_t id : automaton.accepted(end->state)) try_word(sink, id, {begin, end->at});
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

void ShapeScanner::note_accepted(const std::vector<uint32_t>& ids) {
  for (const uint32_t id : ids) {
    if (std::find(accepted_.begin(), accepted_.end(), id) == accepted_.end()) accepted_.push_back(id);
  }
}

uint32_t ShapeScanner::walk_anywhere(ShapeAutomaton& automaton, std::string_view text, uint32_t at, uint32_t state) {
  const std::array<uint8_t, 256>& classes = automaton.program().classes();
  while (state != ShapeAutomaton::kDead && at < text.size()) {
    state = automaton.next(state, classes[static_cast<uint8_t>(text[at++])]);
    if (ShapeAutomaton::accepts(state)) note_accepted(automaton.accepted(state));
  }
  if (state == ShapeAutomaton::kDead) return at;
  const uint32_t at_end = automaton.next(state, automaton.program().text_end_class());
  note_accepted(automaton.accepted(at_end));
  return at;
}

void ShapeScanner::run_anywhere(ShapeAutomaton& automaton, MatchSink& sink, uint32_t begin) {
  const uint32_t end = walk_anywhere(automaton, sink.text, begin, automaton.start());
  if (!accepted_.empty()) add_accepted(sink, {begin, end});
}

void ShapeScanner::run_at_begin(ShapeAutomaton& automaton, MatchSink& sink) {
  if (sink.text.empty()) return;
  const uint32_t at_begin = automaton.next(automaton.start(), automaton.program().text_begin_class());
  const uint32_t end = walk_anywhere(automaton, sink.text, 0, at_begin);
  const uint32_t end_without = walk_anywhere(automaton, sink.text, 0, automaton.start());
  if (!accepted_.empty()) add_accepted(sink, {0, std::max(end, end_without)});
}

void ShapeScanner::add_accepted(MatchSink& sink, document::Span reach) {
  for (const uint32_t id : accepted_) {
    Progress& progress = progress_[id];
    if (reach.begin < progress.resume) continue;
    const document::Span whole{reach.begin, sink.longest_match(id, reach.begin, reach.end)};
    if (whole.empty()) continue;
    const bool added = sink.add_all_lengths(id, whole);
    // The last byte may be the first of the next: "…0132 415-…" share the blank between them.
    const uint32_t shared = sink.patterns[id].has_group ? 1 : 0;
    progress.resume = added && whole.size() > 1 ? whole.end - shared : reach.begin + 1;
  }
  accepted_.clear();
}

}  // namespace custos::stage
