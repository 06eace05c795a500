// Any bytes as an mbox: the pieces tile them, whatever the size of the reads and of the largest document.
#include "source/testing/memory_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  custos::source::SourceOptions options;
  options.format = custos::source::Format::kMbox;
  options.document_bytes_max = 16U + data[0] * 8U;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  custos::source::testing::read_all(bytes, options, 1U + data[1]);
  return 0;
}
