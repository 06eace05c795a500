#include "index/keyword/analysis/stemmers.h"

#include <libstemmer.h>

#include <cassert>

#include "index/keyword/analysis/fold.h"

namespace custos::index {
namespace {

struct NamedStemmer {
  const char* tag;
  const char* name;
};
// In the order of StemLanguage.
constexpr std::array<NamedStemmer, kStemLanguages> kStemmers = {{{"da", "danish"},
                                                                 {"nl", "dutch"},
                                                                 {"en", "english"},
                                                                 {"fi", "finnish"},
                                                                 {"fr", "french"},
                                                                 {"de", "german"},
                                                                 {"hu", "hungarian"},
                                                                 {"it", "italian"},
                                                                 {"no", "norwegian"},
                                                                 {"pt", "portuguese"},
                                                                 {"ro", "romanian"},
                                                                 {"ru", "russian"},
                                                                 {"es", "spanish"},
                                                                 {"sv", "swedish"},
                                                                 {"tr", "turkish"}}};

}  // namespace

StemLanguage stem_language(std::string_view tag) {
  const std::string_view first = tag.substr(0, tag.find_first_of("-_"));
  if (first.size() != 2) return StemLanguage::kNone;
  const char letters[2] = {static_cast<char>(first[0] | 0x20), static_cast<char>(first[1] | 0x20)};
  const std::string_view lower(letters, 2);
  if (lower == "nb" || lower == "nn") return StemLanguage::kNorwegian;
  for (size_t i = 0; i < kStemmers.size(); ++i) {
    if (lower == kStemmers[i].tag) return static_cast<StemLanguage>(i);
  }
  return StemLanguage::kNone;
}

void Stemmers::Free::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

std::string_view Stemmers::run(StemLanguage language, std::string_view word) {
  auto& stemmer = stemmers_[static_cast<size_t>(language)];
  if (!stemmer) stemmer.reset(sb_stemmer_new(kStemmers[static_cast<size_t>(language)].name, nullptr));
  assert(stemmer);
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  if (stem == nullptr) return word;
  const auto size = static_cast<size_t>(sb_stemmer_length(stemmer.get()));
  return size == 0 ? word : std::string_view(reinterpret_cast<const char*>(stem), size);
}

std::string Stemmers::stem(StemLanguage language, std::string_view cased) {
  return without_accents(language == StemLanguage::kNone ? cased : run(language, cased));
}

std::string_view Stemmers::stem_ascii(StemLanguage language, std::string_view word) {
  return language == StemLanguage::kNone ? word : run(language, word);
}

}  // namespace custos::index
