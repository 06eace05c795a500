// A bounded, contiguous view of the bytes that come next in a stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "source/stream/byte_stream.h"

namespace custos::source {

// Reads large pieces, keeps what was not consumed, and grows to at most `capacity_max` bytes. Used for one stream after
// another, so that a tree of small files costs no allocation each. A stream that fails ends there: see failure().
class Window {
 public:
  explicit Window(size_t capacity_max);

  // Starts on `stream`, which is at `offset` of its logical file and must outlive its use here.
  void open(ByteStream& stream, uint64_t offset);

  // Buffered and not consumed. Valid until the next call of fill, fill_to, at_end, seek or open.
  [[nodiscard]] std::string_view view() const { return {buffer_.get() + begin_, end_ - begin_}; }
  // Of view()'s first byte in the logical file.
  [[nodiscard]] uint64_t offset() const { return offset_; }

  // Reads on behind view(). False where there is no more, or where capacity_max bytes are held already.
  bool fill();
  // True where view() holds `count` bytes or more in the end.
  bool fill_to(size_t count);
  // REQUIRES: count <= view().size().
  void consume(size_t count);
  // No byte is left.
  bool at_end() { return view().empty() && !fill(); }
  // The stream said that nothing comes behind view().
  [[nodiscard]] bool ended() const { return ended_; }
  // Why the stream ended, where that is not its end.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

  // Consumes up to `count` bytes, reading them where they are not buffered; how many there were.
  uint64_t skip(uint64_t count);
  // Drops what is buffered and goes on at `offset`; false where the stream cannot.
  bool seek(uint64_t offset);
  [[nodiscard]] std::optional<uint64_t> stream_size() const { return stream_->size(); }

 private:
  void make_room();
  void reallocate(size_t capacity);

  const size_t capacity_max_;
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t offset_ = 0;
  ByteStream* stream_ = nullptr;
  bool ended_ = true;
  std::optional<Error> failure_;
};

}  // namespace custos::source
