#include "index/keyword/file/format.h"

#include <algorithm>

#include "base/digest.h"

namespace custos::index {
namespace {

constexpr size_t kValueBytesKept = 200;
constexpr uint32_t kExactLengths = 40;

// A number of four significant bits: 0 to 7 as they are, then 8 steps for each power of two.
uint32_t to_short_float(uint32_t value) {
  const auto bits = static_cast<uint32_t>(std::bit_width(value));
  if (bits < 4) return value;
  const uint32_t shift = bits - 4;
  return ((value >> shift) & 7) | ((shift + 1) << 3);
}

uint32_t from_short_float(uint32_t code) {
  const uint32_t shift = code >> 3;
  return shift == 0 ? code & 7 : ((code & 7) | 8) << (shift - 1);
}

}  // namespace

std::string word_key(std::string_view plain) { return std::string(1, kWordSpace).append(plain); }
std::string stem_key(std::string_view stem) { return std::string(1, kStemSpace).append(stem); }

std::string value_key(Field field, std::string_view value) {
  std::string key(1, value_space(field));
  if (value.size() <= kValueBytesKept) return key.append(value);
  key.append(value.substr(0, kValueBytesKept));
  append_fixed(key, hash64(value));
  return key;
}

std::string number_key(Field field, uint64_t number) {
  std::string key(1, value_space(field));
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(number >> shift);
  return key;
}

uint8_t encode_length(uint32_t length) {
  if (length < kExactLengths) return static_cast<uint8_t>(length);
  return static_cast<uint8_t>(std::min<uint32_t>(kExactLengths + to_short_float(length - kExactLengths), 255));
}

uint32_t decode_length(uint8_t code) {
  return code < kExactLengths ? code : kExactLengths + from_short_float(code - kExactLengths);
}

void put_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

bool take_varint(const char*& at, const char* end, uint64_t& value) {
  value = 0;
  for (size_t i = 0; i < kVarintBytesMax && at < end; ++i) {
    const auto byte = static_cast<unsigned char>(*at++);
    value |= uint64_t{byte & 0x7Fu} << (7 * i);
    if (byte < 0x80) return true;
  }
  return false;
}

}  // namespace custos::index
