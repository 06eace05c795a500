#include "stage/redact/checks/keccak.h"

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>

namespace custos::stage {
namespace {

constexpr size_t kRateBytes = 136;
using Lanes = std::array<uint64_t, 25>;

constexpr std::array<uint64_t, 24> kRoundConstants = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
    0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
    0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

void mix_columns(Lanes& lanes) {
  std::array<uint64_t, 5> parity{};
  for (size_t i = 0; i < lanes.size(); ++i) parity[i % 5] ^= lanes[i];
  for (size_t i = 0; i < lanes.size(); ++i) {
    lanes[i] ^= parity[(i + 4) % 5] ^ std::rotl(parity[(i + 1) % 5], 1);
  }
}

// Rotates each lane and moves it to its place (rho and pi).
void permute_lanes(Lanes& lanes) {
  size_t x = 1;
  size_t y = 0;
  uint64_t carried = lanes[1];
  for (int step = 0; step < 24; ++step) {
    const size_t next_y = (2 * x + 3 * y) % 5;
    x = y;
    y = next_y;
    const int rotation = (step + 1) * (step + 2) / 2 % 64;
    const uint64_t displaced = lanes[x + 5 * y];
    lanes[x + 5 * y] = std::rotl(carried, rotation);
    carried = displaced;
  }
}

void mix_rows(Lanes& lanes) {
  for (size_t row = 0; row < 25; row += 5) {
    std::array<uint64_t, 5> old;
    std::memcpy(old.data(), &lanes[row], sizeof old);
    for (size_t i = 0; i < 5; ++i) lanes[row + i] = old[i] ^ (~old[(i + 1) % 5] & old[(i + 2) % 5]);
  }
}

}  // namespace

std::array<uint8_t, 32> keccak256_short(std::string_view bytes) {
  assert(bytes.size() < kRateBytes);
  std::array<uint8_t, kRateBytes> block{};
  std::memcpy(block.data(), bytes.data(), bytes.size());
  block[bytes.size()] = 0x01;
  block[kRateBytes - 1] |= 0x80;
  Lanes lanes{};
  std::memcpy(lanes.data(), block.data(), block.size());
  for (const uint64_t constant : kRoundConstants) {
    mix_columns(lanes);
    permute_lanes(lanes);
    mix_rows(lanes);
    lanes[0] ^= constant;
  }
  std::array<uint8_t, 32> digest;
  std::memcpy(digest.data(), lanes.data(), digest.size());
  return digest;
}

}  // namespace custos::stage
