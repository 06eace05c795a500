#include "index/keyword/file/block_codec.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace custos::index {
namespace {

constexpr uint8_t kFieldsVary = 0x80;
constexpr uint32_t kWidthMax = 32;

// One byte for the width, then the numbers, lowest bits first.
void pack(std::span<const uint32_t> numbers, std::string& out) {
  uint32_t all = 0;
  for (const uint32_t number : numbers) all |= number;
  const auto width = static_cast<uint32_t>(std::bit_width(all));
  out += static_cast<char>(width);
  if (width == 0) return;
  const size_t before = out.size();
  out.resize(before + (numbers.size() * width + 7) / 8);
  char* at = out.data() + before;
  uint64_t pending = 0;
  uint32_t bits = 0;
  for (const uint32_t number : numbers) {
    pending |= uint64_t{number} << bits;
    bits += width;
    if (bits < 32) continue;
    std::memcpy(at, &pending, sizeof(uint32_t));
    at += sizeof(uint32_t);
    pending >>= 32;
    bits -= 32;
  }
  std::memcpy(at, &pending, (bits + 7) / 8);
}

// Bytes taken, or 0 where `bytes` are too few. Reads up to 8 bytes more than it takes.
size_t unpack(std::string_view bytes, std::span<uint32_t> numbers) {
  if (bytes.empty()) return 0;
  const auto width = static_cast<uint32_t>(static_cast<unsigned char>(bytes[0]));
  const size_t size = 1 + (numbers.size() * width + 7) / 8;
  if (width > kWidthMax || size > bytes.size()) return 0;
  const uint64_t mask = (uint64_t{1} << width) - 1;
  const char* packed = bytes.data() + 1;
  size_t bit = 0;
  for (uint32_t& number : numbers) {
    uint64_t word;
    std::memcpy(&word, packed + bit / 8, sizeof word);
    number = static_cast<uint32_t>(word >> (bit % 8) & mask);
    bit += width;
  }
  return size;
}

size_t frequency_count(const PostingsBlock& block) {
  size_t count = 0;
  for (uint32_t i = 0; i < block.count; ++i) count += static_cast<size_t>(std::popcount(block.fields[i]));
  return count;
}

}  // namespace

void encode_block(const PostingsBlock& block, uint32_t before, bool with_frequency, std::string& out) {
  std::array<uint32_t, kBlockRows * kTextFields> numbers;
  uint32_t next = before + 1;
  for (uint32_t i = 0; i < block.count; ++i) {
    numbers[i] = block.rows[i] - next;
    next = block.rows[i] + 1;
  }
  pack({numbers.data(), block.count}, out);
  if (!with_frequency) return;
  const auto fields = block.fields.begin();
  if (std::all_of(fields, fields + block.count, [&](uint8_t each) { return each == block.fields[0]; })) {
    out += static_cast<char>(block.fields[0]);
  } else {
    out += static_cast<char>(kFieldsVary);
    std::copy_n(fields, block.count, numbers.begin());
    pack({numbers.data(), block.count}, out);
  }
  const size_t count = frequency_count(block);
  for (size_t i = 0; i < count; ++i) numbers[i] = block.frequency[i] - 1;
  pack({numbers.data(), count}, out);
}

bool decode_rows(std::string_view bytes, uint32_t before, uint32_t count, uint32_t rows, PostingsBlock& block,
                 size_t& used) {
  block.count = count;
  used = unpack(bytes, {block.rows.data(), count});
  if (used == 0) return false;
  uint64_t next = uint64_t{before + 1};
  for (uint32_t i = 0; i < count; ++i) {
    next += block.rows[i];
    block.rows[i] = static_cast<uint32_t>(next);
    ++next;
  }
  return next <= rows;
}

bool decode_frequencies(std::string_view bytes, PostingsBlock& block) {
  if (bytes.empty()) return false;
  const auto shared = static_cast<uint8_t>(bytes[0]);
  bytes.remove_prefix(1);
  constexpr uint8_t kAll = (1 << kTextFields) - 1;
  if (shared == kFieldsVary) {
    std::array<uint32_t, kBlockRows> fields;
    const size_t used = unpack(bytes, {fields.data(), block.count});
    if (used == 0) return false;
    bytes.remove_prefix(used);
    for (uint32_t i = 0; i < block.count; ++i) {
      if (fields[i] == 0 || fields[i] > kAll) return false;
      block.fields[i] = static_cast<uint8_t>(fields[i]);
    }
  } else {
    if (shared == 0 || shared > kAll) return false;
    std::fill_n(block.fields.begin(), block.count, shared);
  }
  const size_t count = frequency_count(block);
  if (unpack(bytes, {block.frequency.data(), count}) != bytes.size()) return false;
  for (size_t i = 0; i < count; ++i) {
    if (++block.frequency[i] == 0) return false;
  }
  return true;
}

}  // namespace custos::index
