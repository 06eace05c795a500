// A stretch of one large file, so that several workers read it at once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "source/folder/file_tree.h"
#include "source/source.h"
#include "source/stream/byte_stream.h"

namespace custos::source {

struct FilePart {
  std::string file;    // relative to SOURCE
  uint64_t begin = 0;  // of the file's first piece that is the part's
  uint64_t end = 0;    // where another part begins; 0: to the end of the file, however far it grows
};

// "mail.mbox//part=268435456-536870912", "mail.mbox//part=536870912-".
[[nodiscard]] std::string part_name(const FilePart& part);
// Nothing where `name` is that of a whole file.
[[nodiscard]] std::optional<FilePart> part_of_name(std::string_view name);
// What the part's FileState is kept under: the file itself for the first one, which says how the file was; for the
// others where they begin, so that a part which another was cut off from goes on where it was.
[[nodiscard]] std::string part_state_name(const FilePart& part);

// Where to cut the file of `entry` so that each part has about `part_bytes`: behind each multiple of these at the next
// piece, as a reader finds it that came from a few megabytes before. A file that only grew is cut there again. Nothing
// where the file is one piece, must be read from its beginning, or cannot be read: whoever reads it says why.
[[nodiscard]] std::vector<uint64_t> find_cuts(FileTree& tree, const WalkEntry& entry, const SourceOptions& options,
                                              uint64_t part_bytes);

// `whole` up to a part's end.
class PartStream : public ByteStream {
 public:
  // `end`: as FilePart::end.
  PartStream(std::unique_ptr<ByteStream> whole, uint64_t end) : whole_(std::move(whole)), end_(end) {}

  [[nodiscard]] Result<size_t> read(std::span<char> buffer) override;
  [[nodiscard]] std::optional<uint64_t> size() const override;
  [[nodiscard]] int64_t modified_ns() const override { return whole_->modified_ns(); }
  [[nodiscard]] bool seek(uint64_t offset) override;

 private:
  std::unique_ptr<ByteStream> whole_;
  uint64_t end_;
  uint64_t offset_ = 0;
};

}  // namespace custos::source
