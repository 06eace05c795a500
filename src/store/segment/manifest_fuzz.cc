#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/segment/manifest.h"

// What parses is written and parsed again to the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using custos::store::Manifest;
  const auto manifest = Manifest::parse({reinterpret_cast<const char*>(data), size});
  if (!manifest.ok()) return 0;
  const auto again = Manifest::parse(manifest->json());
  if (!again.ok() || !(*again == *manifest)) std::abort();
  return 0;
}
