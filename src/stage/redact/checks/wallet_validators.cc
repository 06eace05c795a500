// Checksums of Bitcoin's and Ethereum's addresses.
#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstring>
#include <string>

#include "base/digest.h"
#include "stage/redact/checks/general_validators.h"
#include "stage/redact/checks/keccak.h"

namespace custos::stage {
namespace {

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::string_view kBech32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr size_t kPayloadBytes = 25;  // version, 20 bytes of hash, 4 of checksum

using Payload = std::array<uint8_t, kPayloadBytes>;

bool decode_base58(std::string_view text, Payload& payload) {
  payload.fill(0);
  for (const char letter : text) {
    const size_t value = kBase58.find(letter);
    if (value == std::string_view::npos) return false;
    auto carry = static_cast<uint32_t>(value);
    for (size_t i = payload.size(); i-- > 0;) {
      carry += payload[i] * 58U;
      payload[i] = static_cast<uint8_t>(carry & 0xff);
      carry >>= 8;
    }
    if (carry != 0) return false;
  }
  return true;
}

// Leading zero bytes are written as leading ones.
bool zeros_agree(std::string_view text, const Payload& payload) {
  const size_t ones = std::min(text.find_first_not_of('1'), text.size());
  const auto* nonzero = std::find_if(payload.begin(), payload.end(), [](uint8_t byte) { return byte != 0; });
  return ones == static_cast<size_t>(nonzero - payload.begin());
}

uint32_t bech32_step(uint32_t state, uint32_t value) {
  constexpr std::array<uint32_t, 5> kGenerator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  const uint32_t top = state >> 25;
  state = ((state & 0x1ffffff) << 5) ^ value;
  for (size_t i = 0; i < kGenerator.size(); ++i) {
    if ((top >> i & 1) != 0) state ^= kGenerator[i];
  }
  return state;
}

}  // namespace

Verdict check_base58(std::string_view candidate) {
  Payload payload;
  if (!decode_base58(candidate, payload) || !zeros_agree(candidate, payload)) return Verdict::kInvalid;
  const std::string_view body(reinterpret_cast<const char*>(payload.data()), kPayloadBytes - 4);
  const Digest checksum = sha256(sha256(body).view());
  return std::memcmp(checksum.bytes.data(), payload.data() + body.size(), 4) == 0 ? Verdict::kValid : Verdict::kInvalid;
}

Verdict check_bech32(std::string_view candidate) {
  const bool has_upper =
      std::any_of(candidate.begin(), candidate.end(), [](unsigned char c) { return isupper(c) != 0; });
  const bool has_lower =
      std::any_of(candidate.begin(), candidate.end(), [](unsigned char c) { return islower(c) != 0; });
  const size_t separator = candidate.rfind('1');
  if ((has_upper && has_lower) || separator == std::string_view::npos || separator == 0) return Verdict::kInvalid;
  std::string text(candidate);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(tolower(c)); });
  uint32_t state = 1;
  for (size_t i = 0; i < separator; ++i) state = bech32_step(state, static_cast<uint8_t>(text[i]) >> 5);
  state = bech32_step(state, 0);
  for (size_t i = 0; i < separator; ++i) state = bech32_step(state, static_cast<uint8_t>(text[i]) & 31);
  for (size_t i = separator + 1; i < text.size(); ++i) {
    const size_t value = kBech32.find(text[i]);
    if (value == std::string_view::npos) return Verdict::kInvalid;
    state = bech32_step(state, static_cast<uint32_t>(value));
  }
  constexpr uint32_t kBech32m = 0x2bc830a3;
  return state == 1 || state == kBech32m ? Verdict::kValid : Verdict::kInvalid;
}

Verdict check_ethereum(std::string_view candidate) {
  if (candidate.size() != 42) return Verdict::kInvalid;
  const std::string_view hex = candidate.substr(2);
  const bool has_upper = std::any_of(hex.begin(), hex.end(), [](unsigned char c) { return isupper(c) != 0; });
  const bool has_lower = std::any_of(hex.begin(), hex.end(), [](unsigned char c) { return islower(c) != 0; });
  if (!has_upper || !has_lower) return Verdict::kUnsure;
  std::string lower(hex);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(tolower(c)); });
  const auto digest = keccak256_short(lower);
  for (size_t i = 0; i < hex.size(); ++i) {
    if (isalpha(static_cast<unsigned char>(hex[i])) == 0) continue;
    const uint8_t nibble = i % 2 == 0 ? digest[i / 2] >> 4 : digest[i / 2] & 15;
    if ((isupper(static_cast<unsigned char>(hex[i])) != 0) != (nibble >= 8)) return Verdict::kInvalid;
  }
  return Verdict::kValid;
}

}  // namespace custos::stage
