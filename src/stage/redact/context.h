// Words near a candidate that say what it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "document/span.h"
#include "stage/redact/candidate.h"
#include "stage/redact/recognizer.h"
#include "stage/redact/word_trie.h"

namespace custos::stage {

inline constexpr uint32_t kContextBytesBefore = 100;
inline constexpr uint32_t kContextBytesAfter = 40;

// The context words of all recognizers. Immutable. A word of up to three letters must stand alone; a longer one may go
// on ("card" in "cards"); a word in a script without spaces may stand anywhere. Case is ignored, in every script.
class ContextWords {
 public:
  explicit ContextWords(const std::vector<Recognizer>& recognizers);

  // A word that stands in a text by itself.
  struct Hit {
    document::Span span;
    uint32_t word;
  };
  // Appends the hits that begin at `at`. REQUIRES: `text` is UTF-8.
  void find_at(std::string_view text, uint32_t at, std::vector<Hit>& hits) const;
  // Marks the recognizers that have this word.
  void mark(uint32_t word, std::vector<bool>& recognizers) const;

 private:
  struct Word {
    bool whole = false;
    bool anywhere = false;
    std::vector<uint32_t> recognizers;
  };

  WordTrie trie_;
  std::vector<Word> words_;  // by their numbers in the trie
};

// Reads the words around the candidates of one text, each place of it once where candidates ascend.
class ContextReader {
 public:
  // REQUIRES: both outlive the reader; `text` is UTF-8, `tags` ascend: text in them does not count.
  ContextReader(const ContextWords& words, std::string_view text, const std::vector<document::Span>& tags)
      : words_(words), text_(text), tags_(tags) {}

  // Which recognizers have a word of theirs within the bytes before and after `span`: found[i] for recognizer i.
  void find(document::Span span, std::vector<bool>& found);

 private:
  void find_in(document::Span window, std::vector<bool>& found);
  // Makes hits_ hold all that begin in `window`.
  void read(document::Span window);

  const ContextWords& words_;
  std::string_view text_;
  const std::vector<document::Span>& tags_;
  std::vector<ContextWords::Hit> hits_;  // that begin in read_
  document::Span read_;
};

// What the words before it say a candidate is not: "version 10.0.0.1" is no IP address.
[[nodiscard]] bool is_refuted_by_context(std::string_view type, std::string_view text, document::Span span);

}  // namespace custos::stage
