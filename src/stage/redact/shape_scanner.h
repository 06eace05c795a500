// Finds the matches of the patterns that are made of digits, letters and signs rather than of words.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "stage/redact/compiled_pattern.h"
#include "stage/redact/shape_automaton.h"

namespace custos::stage {

// What a PatternSet shares among threads.
struct ShapePrograms {
  std::shared_ptr<const ShapeProgram> words;     // matches begin and end where words do
  std::shared_ptr<const ShapeProgram> anywhere;  // and those that may lie within a word, or look around themselves
};

// The working memory of one thread.
class ShapeScanner {
 public:
  explicit ShapeScanner(const ShapePrograms& programs) : words_(programs.words), anywhere_(programs.anywhere) {}

  [[nodiscard]] bool is_of(const ShapePrograms& programs) const {
    return &words_.program() == programs.words.get() && &anywhere_.program() == programs.anywhere.get();
  }

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

  // Calls `visit(at)` for each place, ascending, that has a digit at most `reach` bytes ahead.
  template <typename Visit>
  static void for_each_start(std::string_view text, uint32_t reach, const Visit& visit);

  void run_word(MatchSink& sink, uint32_t begin);
  void try_word(MatchSink& sink, uint32_t id, document::Span span);
  void run_anywhere(MatchSink& sink, uint32_t begin);
  // Goes on from `state` before the byte at `at`; notes what is accepted. Returns where it died.
  uint32_t walk_anywhere(std::string_view text, uint32_t at, uint32_t state);
  void note_accepted(uint32_t state);
  void add_accepted(MatchSink& sink, document::Span reach);

  ShapeAutomaton words_;
  ShapeAutomaton anywhere_;
  std::vector<Progress> progress_;  // by pattern
  std::vector<End> ends_;
  std::vector<uint32_t> accepted_;
};

}  // namespace custos::stage
