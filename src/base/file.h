// Files by descriptor, with errors that name the path and the offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos {

// "cannot read /a/b at byte 12: No space left on device". Uses errno unless `number` is given.
[[nodiscard]] Error io_error(std::string_view what, const std::filesystem::path& path, int number = 0);

// Owns a descriptor; movable; closes when it goes. Not for use by two threads at once, except read_at.
class File {
 public:
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  [[nodiscard]] static Result<File> open_read(const std::filesystem::path& path);
  // Creates the file, or truncates it to nothing.
  [[nodiscard]] static Result<File> create(const std::filesystem::path& path);
  // Creates the file if need be; writes go to its end.
  [[nodiscard]] static Result<File> open_append(const std::filesystem::path& path);

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  // Bytes read, 0 at the end of the file.
  [[nodiscard]] Result<size_t> read(std::span<char> buffer);
  // Fills `buffer` whole, or fails with kCorrupt where the file ends before.
  [[nodiscard]] Status read_at(uint64_t offset, std::span<char> buffer) const;
  [[nodiscard]] Status write(std::string_view bytes);
  // Returns only when the bytes are on the disk. A failure is final: the file's state is unknown after it.
  [[nodiscard]] Status sync();
  [[nodiscard]] Status truncate(uint64_t size);
  [[nodiscard]] Status seek(uint64_t offset);
  [[nodiscard]] Result<uint64_t> size() const;

 private:
  File(int descriptor, std::filesystem::path path) : descriptor_(descriptor), path_(std::move(path)) {}
  static Result<File> open(const std::filesystem::path& path, int flags);

  int descriptor_ = -1;
  std::filesystem::path path_;
};

// The whole file; kLimit where it is larger than `bytes_max`.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, uint64_t bytes_max);
// Writes under a temporary name beside `path`, syncs, renames, syncs the folder.
[[nodiscard]] Status write_file_durably(const std::filesystem::path& path, std::string_view bytes);
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder);

}  // namespace custos
