// libarchive over a Window: the members of a tar or zip, or the one content of a compressed file.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "source/stream/window.h"

struct archive;
struct archive_entry;

namespace custos::source {

struct Member {
  enum class Type {
    kFile,
    kFolder,
    kOther,    // links, devices
    kUnnamed,  // the whole content of a compressed file
  };
  Type type = Type::kFile;
  std::string name;  // as it is in the container; not to be trusted
  bool encrypted = false;
  uint64_t size = 0;  // as declared, 0 where it is not
};

// Every error names the byte of the container where it came up.
class Archive {
 public:
  // Reads `input` from where it stands; it must outlive this.
  [[nodiscard]] static Result<std::unique_ptr<Archive>> open(Window& input);
  ~Archive();
  Archive(const Archive&) = delete;
  Archive& operator=(const Archive&) = delete;

  // Nothing behind the last member. After an error there is no more.
  [[nodiscard]] Result<std::optional<Member>> next();
  // Of the current member; 0 at its end. kCorrupt where the member cannot be unpacked; broken() says whether others
  // can.
  [[nodiscard]] Result<size_t> read(std::span<char> buffer);
  [[nodiscard]] bool broken() const { return broken_; }
  // Bytes of the container that were read so far.
  [[nodiscard]] uint64_t consumed() const;

 private:
  explicit Archive(Window& input) : input_(input) {}
  [[nodiscard]] Error error() const;
  [[nodiscard]] bool lacks_end_mark() const;
  static long read_block(archive* handle, void* self, const void** block);
  static int64_t seek(archive* handle, void* self, int64_t offset, int whence);

  struct Free {
    void operator()(archive* handle) const;
  };
  Window& input_;
  std::unique_ptr<archive, Free> handle_;
  uint64_t given_ = 0;        // bytes of the window's view that libarchive has in its hands
  bool tail_is_zero_ = true;  // of the last block given
  bool saw_end_ = false;
  bool broken_ = false;
};

}  // namespace custos::source
