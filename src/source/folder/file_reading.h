// Reads one file, from where an earlier run left it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "source/reader/open_reader.h"
#include "source/source.h"
#include "source/stream/byte_stream.h"

namespace custos::source {

// The state of what was not opened: a problem, reported once. `modified_ns`: of the file itself.
[[nodiscard]] FileState state_of_problem(int64_t modified_ns, const std::optional<FileState>& before);

// Where an mbox or JSON lines file goes on is a byte of it. Any other is read again from the beginning, and as many
// pieces are passed over as were committed.
class FileReading {
 public:
  // `window` is for this file alone until it is read; `before`: what an earlier run committed.
  FileReading(Window& window, const SourceOptions& options, LogicalFile file, std::unique_ptr<ByteStream> stream,
              const std::optional<FileState>& before);
  FileReading(const FileReading&) = delete;
  FileReading& operator=(const FileReading&) = delete;

  [[nodiscard]] std::optional<Item> next();
  // When it was opened; nothing for a pipe.
  [[nodiscard]] std::optional<uint64_t> size() const { return stream_->size(); }

 private:
  void start(const std::optional<FileState>& before);
  void continue_from(const FileState& before);
  [[nodiscard]] bool is_same(const FileState& before) const;
  [[nodiscard]] bool has_grown(const FileState& before) const;
  [[nodiscard]] bool has_head_of(const FileState& before) const;

  Window& window_;
  std::string name_;
  std::unique_ptr<ByteStream> stream_;
  Expansion expansion_;
  OpenReader open_;
  FileState state_;
  uint64_t pieces_ = 0;
  bool done_ = false;
};

}  // namespace custos::source
