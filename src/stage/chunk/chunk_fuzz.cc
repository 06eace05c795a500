#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/utf8.h"
#include "stage/chunk/chunk.h"

namespace custos::stage {

// Stands in for the redactor, which alone may mint redacted text and is not linked here.
class Redactor {
 public:
  static document::RedactedText text_of(std::string text) { return {std::move(text), {}}; }
};

}  // namespace custos::stage

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos;
  const auto text = stage::Redactor::text_of(utf8_repaired({reinterpret_cast<const char*>(data), size}));
  const auto length = static_cast<uint32_t>(text.text().size());
  const model::EstimatedTokens counter;
  for (const auto& chunk :
       stage::Chunker(counter, {.tokens_max = 64, .bytes_max = 256}).chunk(text, {{0, length}}, 0)) {
    if (chunk.span.empty() || chunk.span.end > length || chunk.tokens > 64) abort();
    if (!utf8_is_valid(chunk.span.of(text.text()))) abort();
  }
  return 0;
}
