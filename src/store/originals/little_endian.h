// Numbers in the headers of packs and blocks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace custos::store {

template <typename Integer>
void put_little_endian(char* out, Integer value) {
  for (size_t at = 0; at < sizeof value; ++at) out[at] = static_cast<char>(value >> (8 * at));
}

// REQUIRES: bytes.size() >= sizeof(Integer).
template <typename Integer>
[[nodiscard]] Integer get_little_endian(std::string_view bytes) {
  Integer value = 0;
  for (size_t at = 0; at < sizeof value; ++at)
    value |= static_cast<Integer>(static_cast<uint8_t>(bytes[at])) << (8 * at);
  return value;
}

}  // namespace custos::store
