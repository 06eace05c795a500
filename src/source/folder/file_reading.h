// Reads one file, from where an earlier run left it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "source/folder/file_part.h"
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
  struct PartStates {
    std::optional<FileState> first;  // of the file's first part, or of the file: tells how it was
    std::optional<FileState> own;    // the part's
  };
  // Of `part` alone.
  FileReading(Window& window, const SourceOptions& options, LogicalFile file, std::unique_ptr<ByteStream> stream,
              const FilePart& part, const PartStates& before);
  FileReading(const FileReading&) = delete;
  FileReading& operator=(const FileReading&) = delete;

  // The file was replaced: what is where the part was to begin is no piece's beginning. Then there is no next().
  [[nodiscard]] bool has_moved() const { return has_moved_; }
  [[nodiscard]] std::optional<Item> next();
  // Why the stream ended, where that is not its end: then the last item is a span that has failed.
  [[nodiscard]] const std::optional<Error>& failure() const { return window_.failure(); }
  // When it was opened; nothing for a pipe.
  [[nodiscard]] std::optional<uint64_t> size() const { return stream_->size(); }

 private:
  void note_file(uint64_t size);
  void start(const std::optional<FileState>& before);
  void start_part(const PartStates& before);
  [[nodiscard]] bool begins_piece(uint64_t at);
  void continue_from(const FileState& before);
  [[nodiscard]] bool is_same(const FileState& before) const;
  [[nodiscard]] bool has_grown(const FileState& before) const;
  // The file of then, perhaps with more behind it.
  [[nodiscard]] bool is_version(const FileState& before) const;
  [[nodiscard]] bool has_head_of(const FileState& before) const;

  Window& window_;
  std::string name_;  // of its state
  std::optional<FilePart> part_;
  std::unique_ptr<ByteStream> stream_;
  Expansion expansion_;
  OpenReader open_;
  FileState state_;
  uint64_t pieces_ = 0;
  bool is_read_ = false;  // a part that an earlier run read to its end
  bool done_ = false;
  bool has_moved_ = false;
};

}  // namespace custos::source
