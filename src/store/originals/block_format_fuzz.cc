#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/block_sealer.h"
#include "store/originals/block_format.h"

// No bytes open that were not sealed with the key, and none crash.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos::store;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const BlockSealer sealer("fuzz", BlockSealer::Key{});
  static_cast<void>(check_block(bytes).ok());
  if (sealer.open(bytes).ok() && BlockSealer("other", BlockSealer::Key{}).open(bytes).ok()) std::abort();
  return 0;
}
