// Many byte strings that grow side by side in one arena: a chain of slices each, the next one about twice as long. The
// structure of Lucene's ByteBlockPool. Private to file.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace custos::index {

// Where a chain begins and where it is written. All offsets are of the arena.
struct ByteChain {
  uint32_t head = 0;
  uint32_t write = 0;
  uint32_t end = 0;
  uint32_t level = 0;
};

class ByteArena {
 public:
  static constexpr uint64_t kBytesMax = uint64_t{2} << 30;

  [[nodiscard]] uint64_t size() const { return slabs_.size() * kSlabBytes; }
  [[nodiscard]] bool is_full() const { return size() >= kBytesMax + (kBytesMax >> 1); }

  void begin(ByteChain& chain) {
    chain.level = 0;
    chain.head = chain.write = allocate(kSizes[0]);
    chain.end = chain.write + kSizes[0] - kLink;
  }

  void append(ByteChain& chain, uint64_t varint) {
    while (varint >= 0x80) {
      append_byte(chain, static_cast<char>(varint | 0x80));
      varint >>= 7;
    }
    append_byte(chain, static_cast<char>(varint));
  }

  // All bytes of a chain, most often where they lie, else gathered in `scratch`.
  [[nodiscard]] std::string_view bytes(const ByteChain& chain, std::string& scratch) const {
    if (chain.level == 0) return {at(chain.head), chain.write - chain.head};
    scratch.clear();
    uint32_t begin = chain.head;
    for (uint32_t level = 0;; level = std::min<uint32_t>(level + 1, kSizes.size() - 1)) {
      const uint32_t end = begin + kSizes[level] - kLink;
      if (end == chain.end) break;
      scratch.append(at(begin), end - begin);
      std::memcpy(&begin, at(end), sizeof begin);
    }
    scratch.append(at(begin), chain.write - begin);
    return scratch;
  }
  void prefetch_end(const ByteChain& chain) const {
    if (chain.end != 0) __builtin_prefetch(at(chain.write), 1);
  }

 private:
  static constexpr uint32_t kSlabBytes = 1u << 20;
  static constexpr uint32_t kLink = 4;
  static constexpr std::array<uint32_t, 9> kSizes = {12, 20, 36, 68, 132, 260, 516, 1028, 2052};

  [[nodiscard]] char* at(uint32_t offset) const { return slabs_[offset / kSlabBytes].get() + offset % kSlabBytes; }

  uint32_t allocate(uint32_t size) {
    if (used_ + size > kSlabBytes || slabs_.empty()) {
      slabs_.push_back(std::make_unique_for_overwrite<char[]>(kSlabBytes));
      used_ = 0;
    }
    const auto offset = static_cast<uint32_t>((slabs_.size() - 1) * kSlabBytes + used_);
    used_ += size;
    return offset;
  }

  void append_byte(ByteChain& chain, char byte) {
    if (chain.write == chain.end) {
      chain.level = std::min<uint32_t>(chain.level + 1, kSizes.size() - 1);
      const uint32_t slice = allocate(kSizes[chain.level]);
      std::memcpy(at(chain.end), &slice, sizeof slice);
      chain.write = slice;
      chain.end = slice + kSizes[chain.level] - kLink;
    }
    *at(chain.write++) = byte;
  }

  std::vector<std::unique_ptr<char[]>> slabs_;
  uint32_t used_ = 0;
};

}  // namespace custos::index
