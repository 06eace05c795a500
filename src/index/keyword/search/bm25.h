// BM25F (Robertson and Zaragoza 2009, section 3.6): the occurrences of a word in all fields of a row are added up, each
// divided by how long its field is, before they saturate. Private to search.
#pragma once

#include <array>
#include <cstdint>

#include "index/keyword/file/postings_cursor.h"
#include "index/keyword/search/plan.h"
#include "index/keyword_search.h"

namespace custos::index {

class Bm25 {
 public:
  Bm25(const Bm25Options& options, const Segments& segments);

  // What one occurrence in a field of that length counts.
  [[nodiscard]] float norm(size_t field, uint8_t length_code) const { return norms_[field][length_code]; }
  [[nodiscard]] float count(const Frequencies& frequency, const std::array<uint8_t, kTextFields>& length_codes) const {
    float count = 0;
    for (size_t field = 0; field < kTextFields; ++field) {
      if (frequency[field] > 0) count += static_cast<float>(frequency[field]) * norms_[field][length_codes[field]];
    }
    return count;
  }
  [[nodiscard]] float score(double weight, float count) const {
    return static_cast<float>(weight) * count / (k1_ + count);
  }
  // Of the score of a word that is inflected.
  [[nodiscard]] double exact_share() const { return exact_share_; }

 private:
  std::array<std::array<float, 256>, kTextFields> norms_;
  float k1_;
  double exact_share_;
};

}  // namespace custos::index
