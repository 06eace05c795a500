#include "base/digest.h"

// The one-shot functions of OpenSSL 3 look their algorithm up and allocate at each call, which costs more than the
// digest of a short text; these do neither.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <sodium.h>
#define XXH_INLINE_ALL  // a call of a shared library costs as much as the hash of a word
#include <xxhash.h>

#include <cassert>

namespace custos {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

std::string to_hex(const uint8_t* bytes, size_t count) {
  std::string text(count * 2, '0');
  for (size_t i = 0; i < count; ++i) {
    text[2 * i] = kHexDigits[bytes[i] >> 4];
    text[2 * i + 1] = kHexDigits[bytes[i] & 15];
  }
  return text;
}

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

crypto_generichash_state* as_state(std::array<unsigned char, 384>& state) {
  static_assert(sizeof(crypto_generichash_state) <= 384);
  return reinterpret_cast<crypto_generichash_state*>(state.data());
}

}  // namespace

std::string Digest::hex() const { return to_hex(bytes.data(), bytes.size()); }

std::string Digest::hex_prefix(size_t count) const {
  assert(count <= bytes.size());
  return to_hex(bytes.data(), count);
}

Digest Digest::from_view(std::string_view view) {
  Digest digest;
  assert(view.size() == digest.bytes.size());
  std::memcpy(digest.bytes.data(), view.data(), digest.bytes.size());
  return digest;
}

Digest blake2b(std::string_view bytes) {
  Digest digest;
  crypto_generichash(digest.bytes.data(), digest.bytes.size(), raw(bytes), bytes.size(), nullptr, 0);
  return digest;
}

Digest blake2b_keyed(std::string_view bytes, std::string_view key) {
  Digest digest;
  crypto_generichash(digest.bytes.data(), digest.bytes.size(), raw(bytes), bytes.size(), raw(key), key.size());
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  SHA256_Final(digest.bytes.data(), &context);
  return digest;
}

std::string md5_hex(std::string_view bytes) {
  std::array<uint8_t, 16> digest{};
  MD5_CTX context;
  MD5_Init(&context);
  MD5_Update(&context, bytes.data(), bytes.size());
  MD5_Final(digest.data(), &context);
  return to_hex(digest.data(), digest.size());
}

uint64_t hash64(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
uint64_t hash64(std::string_view bytes, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

DigestBuilder::DigestBuilder() : state_{} { crypto_generichash_init(as_state(state_), nullptr, 0, 32); }

DigestBuilder& DigestBuilder::add(std::string_view piece) {
  add(static_cast<uint64_t>(piece.size()));
  crypto_generichash_update(as_state(state_), raw(piece), piece.size());
  return *this;
}

DigestBuilder& DigestBuilder::add(uint64_t number) {
  std::array<unsigned char, 8> little_endian{};
  for (int i = 0; i < 8; ++i) little_endian[i] = static_cast<unsigned char>(number >> (8 * i));
  crypto_generichash_update(as_state(state_), little_endian.data(), little_endian.size());
  return *this;
}

Digest DigestBuilder::finish() {
  Digest digest;
  crypto_generichash_final(as_state(state_), digest.bytes.data(), digest.bytes.size());
  return digest;
}

}  // namespace custos
