#include "stage/redact/shape_scanner.h"

#include <algorithm>
#include <array>
#include <cstring>

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

// Eight bytes at a time. An ASCII digit is 0x30 to 0x39.
size_t next_digit(std::string_view text, size_t at) {
  constexpr uint64_t kEach = 0x0101010101010101;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + at, 8);
    const uint64_t difference = bytes ^ (kEach * 0x30);
    // Below 10 in its low seven bits, and the high bit clear.
    const uint64_t above = ((difference & (kEach * 0x7F)) + kEach * 0x76) | difference;
    if ((above & (kEach * 0x80)) != kEach * 0x80) break;
  }
  while (at < text.size() && (text[at] < '0' || text[at] > '9')) ++at;
  return at;
}

}  // namespace

template <typename Visit>
void ShapeScanner::for_each_start(std::string_view text, uint32_t reach, const Visit& visit) {
  size_t done = 0;
  for (size_t digit = next_digit(text, 0); digit < text.size(); digit = next_digit(text, digit + 1)) {
    for (size_t at = std::max(done, digit - std::min<size_t>(digit, reach)); at <= digit; ++at) {
      visit(static_cast<uint32_t>(at));
    }
    done = digit + 1;
  }
}

void ShapeScanner::scan(MatchSink& sink) {
  const std::string_view text = sink.text;
  progress_.assign(sink.patterns.size(), {});
  if (!words_.program().empty()) {
    for_each_start(text, words_.program().bytes_before_digit(), [&](uint32_t at) {
      if ((at == 0 || !is_alphanumeric(text[at - 1])) && !sink.is_full()) run_word(sink, at);
    });
  }
  if (!anywhere_.program().empty()) {
    for_each_start(text, anywhere_.program().bytes_before_digit(), [&](uint32_t at) {
      if (!sink.is_full()) run_anywhere(sink, at);
    });
  }
}

void ShapeScanner::run_word(MatchSink& sink, uint32_t begin) {
  const std::string_view text = sink.text;
  const std::array<uint8_t, 256>& classes = words_.program().classes();
  uint32_t state = words_.start();
  ends_.clear();
  for (uint32_t at = begin; at < text.size();) {
    state = words_.next(state, classes[static_cast<uint8_t>(text[at++])]);
    if (state == ShapeAutomaton::kDead) break;
    if (words_.accepts(state) && has_right_edge(text, at)) ends_.push_back({at, state});
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

void ShapeScanner::note_accepted(uint32_t state) {
  for (const uint32_t id : anywhere_.accepted(state)) {
    if (std::find(accepted_.begin(), accepted_.end(), id) == accepted_.end()) accepted_.push_back(id);
  }
}

uint32_t ShapeScanner::walk_anywhere(std::string_view text, uint32_t at, uint32_t state) {
  const ShapeProgram& program = anywhere_.program();
  const std::array<uint8_t, 256>& classes = program.classes();
  while (state != ShapeAutomaton::kDead && at < text.size()) {
    state = anywhere_.next(state, classes[static_cast<uint8_t>(text[at++])]);
    if (anywhere_.accepts(state)) note_accepted(state);
  }
  if (state == ShapeAutomaton::kDead) return at;
  const uint32_t at_end = anywhere_.next(state, program.text_end_class());
  if (anywhere_.accepts(at_end)) note_accepted(at_end);
  return at;
}

void ShapeScanner::run_anywhere(MatchSink& sink, uint32_t begin) {
  accepted_.clear();
  uint32_t end = walk_anywhere(sink.text, begin, anywhere_.start());
  if (begin == 0) {
    const uint32_t at_begin = anywhere_.next(anywhere_.start(), anywhere_.program().text_begin_class());
    end = std::max(end, walk_anywhere(sink.text, 0, at_begin));
  }
  if (!accepted_.empty()) add_accepted(sink, {begin, end});
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
}

}  // namespace custos::stage
