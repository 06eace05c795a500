#include "stage/deduplicate/without_space.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace custos::stage {
namespace {

constexpr size_t kBlock = 16;

// The length of the white space at `at`.
size_t space_length(std::string_view text, size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  if (byte <= ' ') return 1;
  if (byte < 0x80) return 0;
  const std::string_view rest = text.substr(at);
  if (rest.starts_with("\xc2\xa0")) return 2;
  if (rest.starts_with("\xe2\x80\x8b") || rest.starts_with("\xef\xbb\xbf")) return 3;
  return 0;
}

// Where reading and writing have come to.
struct Progress {
  size_t read = 0;
  char* write = nullptr;
};

// Up to the first character that begins at `end` or behind it.
Progress pack_slowly(std::string_view text, size_t end, Progress at) {
  while (at.read < end) {
    const size_t space = space_length(text, at.read);
    *at.write = text[at.read];
    at.write += space == 0 ? 1 : 0;
    at.read += space == 0 ? 1 : space;
  }
  return at;
}

#if defined(__x86_64__)

// For each set of bytes of eight that stay: where each of them is, first to last.
constexpr std::array<uint64_t, 256> packing_orders() {
  std::array<uint64_t, 256> orders{};
  for (size_t kept = 0; kept < orders.size(); ++kept) {
    unsigned shift = 0;
    for (uint64_t byte = 0; byte < 8; ++byte) {
      if ((kept >> byte & 1) == 0) continue;
      orders[kept] |= byte << shift;
      shift += 8;
    }
  }
  return orders;
}

constexpr std::array<uint64_t, 256> kPackingOrders = packing_orders();

__attribute__((target("ssse3,popcnt"))) char* store_kept(__m128i bytes, unsigned kept, char* write) {
  const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(&kPackingOrders[kept]));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(write), _mm_shuffle_epi8(bytes, order));
  return write + _mm_popcnt_u32(kept);
}

// Blocks of ASCII, up to the first one that is not.
__attribute__((target("ssse3,popcnt"))) Progress pack_ascii(std::string_view text, Progress at) {
  const __m128i space = _mm_set1_epi8(' ');
  for (; at.read + kBlock <= text.size(); at.read += kBlock) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at.read));
    if (_mm_movemask_epi8(bytes) != 0) break;
    const auto kept = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpgt_epi8(bytes, space)));
    at.write = store_kept(bytes, kept & 0xff, at.write);
    at.write = store_kept(_mm_srli_si128(bytes, 8), kept >> 8, at.write);
  }
  return at;
}

bool has_shuffle() {
  static const bool kHas = __builtin_cpu_supports("ssse3") != 0 && __builtin_cpu_supports("popcnt") != 0;
  return kHas;
}

#else

Progress pack_ascii(std::string_view, Progress at) { return at; }
bool has_shuffle() { return false; }

#endif

}  // namespace

void append_without_space(std::string& out, std::string_view text) {
  const size_t before = out.size();
  out.resize(before + text.size());
  Progress at{0, out.data() + before};
  while (at.read < text.size()) {
    if (has_shuffle()) at = pack_ascii(text, at);
    at = pack_slowly(text, std::min(at.read + kBlock, text.size()), at);
  }
  out.resize(static_cast<size_t>(at.write - out.data()));
}

}  // namespace custos::stage
