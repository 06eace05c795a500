// Keccak-256 as Ethereum uses it: the padding of the Keccak submission, not of FIPS 202.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace custos::stage {

// REQUIRES: bytes.size() < 136, one block of the sponge: addresses are 40 characters.
[[nodiscard]] std::array<uint8_t, 32> keccak256_short(std::string_view bytes);

}  // namespace custos::stage
