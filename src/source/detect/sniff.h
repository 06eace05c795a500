// What are these bytes? Told by content; the name is never asked.
#pragma once

#include <cstddef>
#include <string_view>

namespace custos::source {

// How many bytes from the beginning sniff() wants to see, where there are so many.
inline constexpr size_t kSniffBytes = 64U << 10;

enum class Content {
  kEmpty,
  kMbox,
  kMessage,  // one RFC 5322 message
  kEmlx,
  kJsonLines,  // its first line is an object with a member "text"
  kContainer,  // tar, zip, or compressed with gzip, zstd, xz, bzip2
  kOutlook,    // .pst, .msg: mail that is not read
  kText,       // none of these, without NUL bytes
  kBinary,
};

// `whole`: `head` is all there is.
[[nodiscard]] Content sniff(std::string_view head, bool whole);

}  // namespace custos::source
