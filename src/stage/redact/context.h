// Words near a candidate that say what it is.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/span.h"
#include "stage/redact/candidate.h"
#include "stage/redact/hyperscan_handles.h"
#include "stage/redact/recognizer.h"

namespace custos::stage {

inline constexpr uint32_t kContextBytesBefore = 100;
inline constexpr uint32_t kContextBytesAfter = 40;

// The context words of all recognizers. Immutable. A word of up to three letters must stand alone; a longer one may go
// on ("card" in "cards"); a word in a script without spaces may stand anywhere. Case is ignored, in every script.
class ContextWords {
 public:
  [[nodiscard]] static Result<ContextWords> compile(const std::vector<Recognizer>& recognizers);
  [[nodiscard]] Status reserve(HsScratch& scratch) const;

  // Which recognizers have a word of theirs within the bytes before and after `span`: found[i] for recognizer i. Text
  // in `tags` (ascending) does not count. REQUIRES: `text` is UTF-8.
  void find(std::string_view text, document::Span span, const std::vector<document::Span>& tags, hs_scratch_t* scratch,
            std::vector<bool>& found) const;

 private:
  struct Word {
    bool whole = false;
    bool anywhere = false;
    std::vector<uint32_t> recognizers;
  };
  struct Sink;

  void find_in(std::string_view text, document::Span window, const std::vector<document::Span>& tags,
               hs_scratch_t* scratch, std::vector<bool>& found) const;
  static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags, void* context);

  std::vector<Word> words_;
  Database database_;
};

// What the words before it say a candidate is not: "version 10.0.0.1" is no IP address.
[[nodiscard]] bool is_refuted_by_context(std::string_view type, std::string_view text, document::Span span);

}  // namespace custos::stage
