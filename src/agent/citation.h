// A claim and what it rests on: pieces of messages, and the check that they carry it. For sentences that were taken
// from the archive as for those that a language model wrote.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "document/redacted_text.h"
#include "document/span.h"
#include "model/encoder_sessions.h"

namespace custos::agent {

struct Citation {
  std::string message;           // id
  std::string part;              // its number, as `custos show` prints it
  document::Span span;           // of the part's redacted text
  document::RedactedText quote;  // those bytes
  Digest sha256;                 // of the original
};

// What a citation names.
struct CitedPart {
  std::string number;
  document::RedactedText text;
};
struct CitedMessage {
  std::string id;
  Digest sha256;  // of the original
  std::vector<CitedPart> parts;
  std::string headers;  // who, to whom, when, about what: may carry names and dates of a claim
};

// Where cited messages are looked up.
class CitedTexts {
 public:
  virtual ~CitedTexts() = default;
  // Nothing where there is no such message. The pointer is valid as long as this is.
  [[nodiscard]] virtual Result<const CitedMessage*> find(std::string_view message) = 0;
};

// kNone: supported.
enum class Fault : uint8_t {
  kNone,
  kNoCitation,
  kNoMessage,
  kNoPart,
  kNoSpan,        // outside the text, empty, or inside a character
  kQuoteDiffers,  // from the bytes of the span
  kDigestDiffers,
  kNumberMissing,
  kDateMissing,
  kNameMissing,
  kDenied,     // one of both says "not"
  kUnrelated,  // too few words in common, or too far in meaning
};
[[nodiscard]] std::string_view fault_name(Fault fault);  // "number-missing"

struct Verdict {
  Fault fault = Fault::kNone;
  float overlap = 0;     // share of the sentence's telling words that are cited
  float similarity = 0;  // cosine with the nearest cited sentence; 1 for a verbatim quote, 0 without an encoder

  [[nodiscard]] bool supported() const { return fault == Fault::kNone; }
};

struct SupportOptions {
  float overlap_min = 0.6F;
  float similarity_min = 0.65F;
  // A sentence with so much overlap needs no similarity.
  float overlap_enough = 0.85F;
  uint32_t missing_run_max = 2;  // telling words in a row that are not cited
};

// Whether `cited` says what `sentence` says: every name, number and date of it occurs in `cited` or, but for numbers,
// in `headers`; enough words do; and the meaning is near. `sessions` may be null: then words alone decide.
[[nodiscard]] Result<Verdict> check_support(std::string_view sentence, std::span<const std::string_view> cited,
                                            std::string_view headers, model::EncoderSessions* sessions,
                                            const SupportOptions& options);

// Each citation exists, is verbatim and of the named original; then check_support. `texts` is only used during the
// call.
[[nodiscard]] Result<Verdict> check_sentence(std::string_view sentence, std::span<const Citation> citations,
                                             CitedTexts& texts, model::EncoderSessions* sessions,
                                             const SupportOptions& options);

}  // namespace custos::agent
