#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/head/features.h"
#include "model/head/head_file.h"

namespace {

using namespace custos::model;

// A card that is read says the same when it is written again.
void check_card(std::string_view bytes) {
  const auto identity = parse_card(bytes);
  if (!identity.ok()) return;
  custos::JsonWriter w;
  w.begin_object();
  write_identity(w, *identity);
  const auto again = parse_card(w.end_object().text());
  if (!again.ok() || again->labels != identity->labels || again->features.layers != identity->features.layers) abort();
}

void check_ngrams(std::string_view bytes) {
  static NgramHasher hasher({});
  NgramCounts counts;
  hasher.count(bytes, counts);
  if (counts.counts.size() != counts.buckets.size() || counts.words > counts.buckets.size()) abort();
  for (size_t i = 0; i < counts.buckets.size(); ++i) {
    if (counts.buckets[i] >= hasher.buckets() || counts.counts[i] == 0) abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_card(bytes);
  check_ngrams(bytes);
  return 0;
}
