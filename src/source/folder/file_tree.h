// What a FileSource walks: files under names, in an order that is the same each time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "source/stream/byte_stream.h"

namespace custos::source {

struct WalkEntry {
  std::string path;           // relative to SOURCE
  std::string problem;        // why it is not to be opened; empty for a file that is
  bool failed = false;        // of the problem
  bool is_delivered = false;  // in cur or new of a maildir: a message whatever it looks like
};

class FileTree {
 public:
  struct State {
    uint64_t size = 0;
    int64_t modified_ns = 0;
  };

  virtual ~FileTree() = default;
  // Nothing at the end. An error is one of listing: what is wrong with one file is in its entry.
  [[nodiscard]] virtual Result<std::optional<WalkEntry>> next() = 0;
  // Begins the walk anew; false where that cannot be, as for a pipe.
  [[nodiscard]] virtual bool restart() = 0;
  // SOURCE itself is the one file that there is.
  [[nodiscard]] virtual bool is_single() const = 0;
  // Of a file that could be opened; nothing where that is not known before it is read.
  [[nodiscard]] virtual std::optional<State> state(const WalkEntry& entry) = 0;
  // When that which is not opened was changed, as far as it is known; else 0.
  [[nodiscard]] virtual int64_t problem_time(const WalkEntry& entry) = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<ByteStream>> open(const WalkEntry& entry) = 0;
  // What the mailbox says of the file: see maildir_flags.
  [[nodiscard]] virtual std::string flags(const WalkEntry& entry) const = 0;
  // Looks a little further, at each item; nothing as long as not all is counted.
  [[nodiscard]] virtual std::optional<uint64_t> count_bytes() = 0;
  // Of the files that were opened, so far; for any thread.
  [[nodiscard]] virtual uint64_t bytes_read() const = 0;
};

}  // namespace custos::source
