#include "index/keyword/search/bm25.h"

#include "index/keyword/file/format.h"

namespace custos::index {

Bm25::Bm25(const Bm25Options& options, const Segments& segments)
    : k1_(static_cast<float>(options.k1)), exact_share_(options.exact_share) {
  for (size_t field = 0; field < kTextFields; ++field) {
    double words = 0;
    double rows = 0;
    for (const auto& segment : segments) {
      words += static_cast<double>(segment->footer().words[field]);
      rows += segment->footer().rows_with[field];
    }
    const double average = words > 0 && rows > 0 ? words / rows : 1;
    for (size_t code = 0; code < 256; ++code) {
      const double length = decode_length(static_cast<uint8_t>(code));
      norms_[field][code] =
          static_cast<float>(options.field_weight[field] / (1 - options.b + options.b * length / average));
    }
  }
}

}  // namespace custos::index
