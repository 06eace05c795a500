// Finds the matches of the patterns that are made of digits, letters and signs rather than of words.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stage/redact/scan/announcement.h"
#include "stage/redact/scan/compiled_pattern.h"
#include "stage/redact/scan/shape_automaton.h"

namespace custos::stage {

// Patterns that are looked for together. Shared among threads.
struct ShapeGroup {
  std::shared_ptr<const ShapeProgram> program;
  bool of_words;  // matches begin and end where words do; others may lie within a word, or look around themselves
  Announced announced;
};
using ShapePrograms = std::vector<ShapeGroup>;

// The working memory of one thread.
class ShapeScanner {
 public:
  explicit ShapeScanner(const ShapePrograms& programs);

  // Appends to `sink`, and stops once it is full.
  void scan(MatchSink& sink);

 private:
  // A prefix of the text from some place on at which patterns match.
  struct End {
    uint32_t at;
    uint32_t state;
  };
  // Of one pattern.
  struct Progress {
    uint32_t resume = 0;  // where its next match may begin
    uint32_t start = 0;   // the place that was tried last, plus one
    uint8_t tries = 0;    // there
    bool added = false;   // there
  };

  struct Machine {
    ShapeAutomaton automaton;
    bool of_words;
    Announced announced;
  };

  void scan(Machine& machine, MatchSink& sink);
  // `starts`: places of the block that begins at `block`.
  void run_starts(Machine& machine, MatchSink& sink, uint32_t block, uint64_t starts);
  void run_word(ShapeAutomaton& automaton, MatchSink& sink, uint32_t begin);
  void try_word(MatchSink& sink, uint32_t id, document::Span span);
  void run_at_begin(ShapeAutomaton& automaton, MatchSink& sink);
  void run_anywhere(ShapeAutomaton& automaton, MatchSink& sink, uint32_t begin);
  // Goes on from `state` before the byte at `at`; notes what is accepted. Returns where it died.
  uint32_t walk_anywhere(ShapeAutomaton& automaton, std::string_view text, uint32_t at, uint32_t state);
  void note_accepted(const std::vector<uint32_t>& ids);
  void add_accepted(MatchSink& sink, document::Span reach);

  std::vector<Machine> machines_;
  TextMarks marks_;
  std::vector<Progress> progress_;  // by pattern
  std::vector<End> ends_;
  std::vector<uint32_t> accepted_;
};

}  // namespace custos::stage
