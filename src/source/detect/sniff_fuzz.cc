// Any bytes, told by content: mbox, message, emlx, JSON lines or no mail.
#include "source/testing/memory_walk.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  custos::source::SourceOptions options;
  options.container_depth_max = 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  custos::source::testing::read_all(bytes, options, 512);
  return 0;
}
