// Any bytes as a tar, zip or compressed file.
#include "source/testing/memory_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  custos::source::SourceOptions options;
  options.container_depth_max = 2;
  options.expanded_bytes_max = 8U << 20;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  custos::source::testing::read_all(bytes, options, 64U << 10);
  return 0;
}
