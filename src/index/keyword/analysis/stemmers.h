// Snowball's stemmers (Porter 2001, "Snowball: A language for stemming algorithms"), one a language.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace custos::index {

// The numbers are on disk, as bits of a set: never change one.
enum class StemLanguage : uint8_t {
  kDanish = 0,
  kDutch,
  kEnglish,
  kFinnish,
  kFrench,
  kGerman,
  kHungarian,
  kItalian,
  kNorwegian,
  kPortuguese,
  kRomanian,
  kRussian,
  kSpanish,
  kSwedish,
  kTurkish,
  kNone = 255,
};
inline constexpr uint8_t kStemLanguages = 15;

// By the first subtag of a BCP 47 tag, in any case: "en", "pt-BR".
[[nodiscard]] StemLanguage stem_language(std::string_view tag);

// For one thread: a stemmer is made when its language is first met.
class Stemmers {
 public:
  // `cased`: a folded word with its accents. The stem without accents; `cased` without them for kNone.
  [[nodiscard]] std::string stem(StemLanguage language, std::string_view cased);
  // The same for a word of ASCII, without memory of its own: valid until the next call.
  [[nodiscard]] std::string_view stem_ascii(StemLanguage language, std::string_view word);

 private:
  struct Free {
    void operator()(sb_stemmer* stemmer) const;
  };
  [[nodiscard]] std::string_view run(StemLanguage language, std::string_view word);
  std::array<std::unique_ptr<sb_stemmer, Free>, kStemLanguages> stemmers_;
};

}  // namespace custos::index
