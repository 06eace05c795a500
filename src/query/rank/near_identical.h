// Messages that say the same in nearly the same words: forwarded, sent again, generated from one template.
//
// Broder, "On the resemblance and containment of documents" (1997): min-wise sketches of word shingles.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace custos::query {

inline constexpr size_t kSketchSize = 32;

struct Sketch {
  std::array<uint64_t, kSketchSize> smallest{};
  uint32_t words = 0;
};

// Of the first kilobytes; letters' case, spacing and punctuation do not count.
[[nodiscard]] Sketch sketch_of(std::string_view text);

// Whether about nine tenths of the shingles are shared. Texts of fewer than three words are never near-identical.
[[nodiscard]] bool near_identical(const Sketch& a, const Sketch& b);

}  // namespace custos::query
