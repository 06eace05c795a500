// Digests: SHA-256 and MD5 where a standard names them, BLAKE2b for our own keys, XXH3 for hash tables.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace custos {

// 256 bits. BLAKE2b-256 (RFC 7693) unless the name of the variable says sha256.
struct Digest {
  std::array<uint8_t, 32> bytes{};

  auto operator<=>(const Digest&) const = default;
  [[nodiscard]] std::string hex() const;
  // The first `count` bytes in hex: 2 * count characters. REQUIRES: count <= 32.
  [[nodiscard]] std::string hex_prefix(size_t count) const;
  [[nodiscard]] std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
  // REQUIRES: view.size() == 32.
  [[nodiscard]] static Digest from_view(std::string_view view);
};

[[nodiscard]] Digest blake2b(std::string_view bytes);
// Keyed BLAKE2b-256; key of 16 to 64 bytes.
[[nodiscard]] Digest blake2b_keyed(std::string_view bytes, std::string_view key);
[[nodiscard]] Digest sha256(std::string_view bytes);
// Lower-case hex of MD5 (RFC 1321): only for the EDRM message identification hash, which is defined by it.
[[nodiscard]] std::string md5_hex(std::string_view bytes);
// XXH3, 64 bits, with the fixed seed 0: stable on disk.
[[nodiscard]] uint64_t hash64(std::string_view bytes);
[[nodiscard]] uint64_t hash64(std::string_view bytes, uint64_t seed);

// BLAKE2b-256 over several pieces, each preceded by its length, so that ("ab","c") differs from ("a","bc").
class DigestBuilder {
 public:
  DigestBuilder();
  DigestBuilder& add(std::string_view piece);
  DigestBuilder& add(uint64_t number);
  [[nodiscard]] Digest finish();

 private:
  alignas(64) std::array<unsigned char, 384> state_;
};

}  // namespace custos

template <>
struct std::hash<custos::Digest> {
  size_t operator()(const custos::Digest& digest) const noexcept {
    size_t head;
    std::memcpy(&head, digest.bytes.data(), sizeof head);
    return head;
  }
};
