// Finds personal data in a text and masks it: patterns, checks, context words, one rule for overlaps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/redacted_text.h"
#include "stage/redact/recognizer.h"

namespace custos::stage {

// Part of every archive's manifest: changes whenever the same text and options may be masked differently.
inline constexpr std::string_view kRedactVersion = "redact-1";

enum class Profile {
  kIdentifiers,  // numbers, addresses, accounts, secrets
  kFull,         // also dates of birth, and names behind a salutation, a title or a cue ("Dear Ann", "Mr. Low")
};

enum class Mask {
  kTag,        // [REDACTED-EMAIL]
  kHash,       // [EMAIL-00c1d2e3f4a5b6c7]: 16 hex digits of BLAKE2b keyed with the salt
  kPseudonym,  // [EMAIL-3fa9]: the first digits of the same, equal for one value however it is written
  kLastFour,   // [CARD-****1234]; a value of fewer than 8 letters and digits shows none of them: [CARD-****]
};

struct RedactOptions {
  float threshold = 0.4F;  // what scores less is neither found nor masked; 0 to 1
  Profile profile = Profile::kIdentifiers;
  Mask mask = Mask::kTag;
  std::string salt;                   // key of kHash and kPseudonym, 16 to 64 bytes
  uint32_t pseudonym_digits = 4;      // 4 to 16
  std::vector<Recognizer> extra;      // kinds of the configuration; a capture group, if any, is what is masked
  std::vector<std::string> disabled;  // types that are left alone: "US_BANK_NUMBER"
  size_t patterns_max = 4096;         // extra and built-in ones together
  size_t entities_max = 1'000'000;    // of one text; a text with more is masked whole
};

// Immutable after create(); any number of threads may use one, each with a Scratch of its own.
//
// Candidates that overlap become one mask over all of them, named after the one with the higher score, then the longer,
// then the one that begins first, then the one whose recognizer comes first (custom, general, national kinds). What
// masks brought together is looked at again, since redact(redact(x)) == redact(x). Text that looks like a tag already
// stays as it is.
//
// Fails closed: a text above 1 GiB, one with too many entities, or one that takes too much work becomes one
// [REDACTED-UNREADABLE].
class Redactor {
 public:
  // The working memory of one thread at a time. Movable.
  class Scratch {
   public:
    Scratch(Scratch&& other) noexcept;
    Scratch& operator=(Scratch&& other) noexcept;
    ~Scratch();

   private:
    friend class Redactor;
    struct State;
    explicit Scratch(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };

  // kInvalidArgument names the recognizer whose pattern does not compile or whose validator is unknown.
  [[nodiscard]] static Result<Redactor> create(RedactOptions options);
  [[nodiscard]] Result<Scratch> make_scratch() const;

  // Bytes that are not UTF-8 become '?'.
  [[nodiscard]] document::RedactedText redact(std::string_view text, Scratch& scratch) const;

  // Everything that scores the threshold or more, ascending by begin. Entities of one type do not overlap; those of
  // different types may, since a bare number can be several things. Entity::redacted is left empty.
  [[nodiscard]] std::vector<document::Entity> find(std::string_view text, Scratch& scratch) const;

  // Types that can be found, sorted.
  [[nodiscard]] std::vector<std::string> types() const;

 private:
  struct State;
  explicit Redactor(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

}  // namespace custos::stage
