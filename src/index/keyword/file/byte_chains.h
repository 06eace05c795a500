// Many byte strings that grow side by side in one arena: a chain of slices each, the next one about twice as long. The
// structure of Lucene's ByteBlockPool. Private to file.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
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

  // Reads a chain from its head to where it is written.
  class Reader {
   public:
    Reader(const ByteArena& arena, const ByteChain& chain)
        : arena_(arena), chain_(chain), at_(chain.head), end_(chain.head + kSizes[0] - kLink) {}
    [[nodiscard]] bool done() const { return at_ == chain_.write; }
    [[nodiscard]] uint64_t varint() {
      uint64_t value = 0;
      for (int shift = 0;; shift += 7) {
        const auto byte = static_cast<unsigned char>(next());
        value |= uint64_t{byte & 0x7Fu} << shift;
        if (byte < 0x80) return value;
      }
    }

   private:
    char next() {
      if (at_ == end_) {
        std::memcpy(&at_, arena_.at(end_), sizeof at_);
        level_ = std::min<uint32_t>(level_ + 1, kSizes.size() - 1);
        end_ = at_ + kSizes[level_] - kLink;
      }
      return *arena_.at(at_++);
    }
    const ByteArena& arena_;
    const ByteChain& chain_;
    uint32_t at_;
    uint32_t end_;
    uint32_t level_ = 0;
  };

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
