// A sequence of bytes that is pulled: a file on disk, stdin, or a member of a container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/result.h"

namespace custos::source {

class ByteStream {
 public:
  virtual ~ByteStream() = default;
  // Bytes read, 0 at the end.
  [[nodiscard]] virtual Result<size_t> read(std::span<char> buffer) = 0;
  // Known without reading: a file's. Nothing for pipes and members.
  [[nodiscard]] virtual std::optional<uint64_t> size() const { return std::nullopt; }
  // When it was changed, nanoseconds since 1970; 0 where that is not known.
  [[nodiscard]] virtual int64_t modified_ns() const { return 0; }
  // False where the stream cannot move; it is then where it was.
  [[nodiscard]] virtual bool seek(uint64_t /*offset*/) { return false; }
};

}  // namespace custos::source
