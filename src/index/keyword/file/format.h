// The parts of a postings file, described in docs/keyword-index.md. Little endian.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "index/field.h"

namespace custos::index {

static_assert(std::endian::native == std::endian::little,
              "postings files are written and mapped as they lie in memory");

inline constexpr uint64_t kPostingsMagic = 0x54534F5053545543;  // "CUTSPOST"
inline constexpr uint32_t kPostingsVersion = 1;

inline constexpr uint32_t kBlockRows = 128;
inline constexpr uint32_t kTermsPerBlock = 32;
inline constexpr uint64_t kPageBytes = 4096;
inline constexpr uint32_t kNoRow = UINT32_MAX;
inline constexpr uint32_t kRowsMax = 1u << 30;

// Words of one value stand one after the other; the next value of the field begins this far behind, so that no phrase
// and no NEAR reaches over. Words beyond the last position are found, but not in phrases.
inline constexpr uint32_t kValueGap = 1024;
inline constexpr uint32_t kPositionMax = (1u << 26) - 1;

// The first byte of a term's key.
inline constexpr char kWordSpace = 0;
inline constexpr char kStemSpace = 1;
[[nodiscard]] constexpr char value_space(Field field) { return static_cast<char>(16 + static_cast<uint8_t>(field)); }
[[nodiscard]] constexpr bool has_positions(char space) { return space == kWordSpace || space == kStemSpace; }
inline constexpr size_t kKeyBytesMax = 255;

// The keys of words, stems, values and numbers.
[[nodiscard]] std::string word_key(std::string_view plain);
[[nodiscard]] std::string stem_key(std::string_view stem);
// A value of more than 200 bytes is its first 200 and its hash.
[[nodiscard]] std::string value_key(Field field, std::string_view value);
[[nodiscard]] std::string number_key(Field field, uint64_t number);

struct FileHeader {
  uint64_t magic = kPostingsMagic;
  uint32_t version = kPostingsVersion;
  uint32_t reserved = 0;
};

struct FilePart {
  uint64_t offset = 0;
  uint64_t size = 0;
};

enum PartName : uint8_t { kPostings, kPositions, kDictionary, kDictionaryIndex, kLengths, kDates, kPages, kParts };

struct FileFooter {
  std::array<FilePart, kParts> parts{};
  uint64_t terms = 0;
  uint32_t rows = 0;
  uint32_t languages = 0;                         // bits by StemLanguage
  std::array<uint64_t, kTextFields> words{};      // of all rows
  std::array<uint32_t, kTextFields> rows_with{};  // rows with at least one word in the field
  uint32_t dictionary_blocks = 0;
  uint32_t version = kPostingsVersion;
  uint64_t pages_hash = 0;   // of the part kPages
  uint64_t footer_hash = 0;  // of all before it
  uint64_t magic = kPostingsMagic;
};
static_assert(sizeof(FileFooter) == kParts * 16 + 96);

// One of the part kDictionaryIndex, which has dictionary_blocks of them, then the first keys of the blocks.
struct DictionaryBlock {
  uint64_t offset = 0;        // in the dictionary
  uint64_t postings_at = 0;   // of the block's first term
  uint64_t positions_at = 0;  // likewise
  uint32_t key_at = 0;        // of the first key, behind the entries
  uint32_t terms_before = 0;
};

// Before the blocks of a term with more than one. For each of them:
struct BlockSkip {
  uint32_t last_row = 0;
  uint32_t rows_end = 0;                           // end of its rows and frequencies, from the end of the skips
  uint32_t positions_end = 0;                      // end of its positions, from the start of the term's
  std::array<uint8_t, kTextFields> frequency{};    // most of a row in the field; 255: that or more
  std::array<uint8_t, kTextFields> length_code{};  // of the shortest such field
};
static_assert(sizeof(BlockSkip) == 20);

// Lengths of fields in a byte, as Lucene's SmallFloat.intToByte4: exact below 40, then four significant bits.
[[nodiscard]] uint8_t encode_length(uint32_t length);
[[nodiscard]] uint32_t decode_length(uint8_t code);

inline constexpr size_t kVarintBytesMax = 10;
void put_varint(std::string& out, uint64_t value);
// Returns the place behind the number. REQUIRES: room for it.
inline char* write_varint(char* out, uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<char>(value);
  return out;
}
// Moves `at` behind the number; false where there is none before `end`.
[[nodiscard]] bool take_varint(const char*& at, const char* end, uint64_t& value);
// Likewise. REQUIRES: a whole number is there.
inline uint64_t read_varint(const char*& at) {
  auto byte = static_cast<unsigned char>(*at++);
  uint64_t value = byte & 0x7Fu;
  for (int shift = 7; byte >= 0x80; shift += 7) {
    byte = static_cast<unsigned char>(*at++);
    value |= uint64_t{byte & 0x7Fu} << shift;
  }
  return value;
}

template <typename Fixed>
void append_fixed(std::string& out, const Fixed& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace custos::index
