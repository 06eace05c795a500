#include "source/folder/disk_tree.h"

#include <sys/stat.h>

#include <system_error>
#include <utility>

#include "source/maildir/maildir.h"
#include "source/stream/disk_stream.h"

namespace custos::source {
namespace {

constexpr int kCountStep = 256;  // folder entries looked at for each item: all are counted long before all are read

int64_t modified_ns(const struct stat& status) {
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

}  // namespace

DiskTree::DiskTree(std::filesystem::path path, uint32_t folder_depth_max)
    : path_(std::move(path)), folder_depth_max_(folder_depth_max) {
  std::error_code failure;
  if (path_ != "-" && std::filesystem::is_directory(path_, failure)) {
    walk_.emplace(path_, folder_depth_max_);
    count_.emplace(path_);
    return;
  }
  is_pipe_ = path_ == "-" || !std::filesystem::is_regular_file(path_, failure);
  if (is_pipe_) return;
  const auto size = std::filesystem::file_size(path_, failure);
  if (!failure) bytes_total_ = size;
}

Result<std::optional<WalkEntry>> DiskTree::next() {
  std::optional<WalkEntry> entry;
  if (walk_) {
    entry = walk_->next();
  } else if (!std::exchange(single_done_, true)) {
    entry.emplace().path = path_ == "-" ? "-" : path_.filename().string();
  }
  return entry;
}

bool DiskTree::restart() {
  if (is_pipe_) return false;
  if (walk_) walk_.emplace(path_, folder_depth_max_);
  single_done_ = false;
  return true;
}

std::filesystem::path DiskTree::on_disk(const WalkEntry& entry) const { return walk_ ? path_ / entry.path : path_; }

std::optional<FileTree::State> DiskTree::state(const WalkEntry& entry) {
  struct stat status {};
  if (is_pipe_ || ::stat(on_disk(entry).c_str(), &status) != 0) return std::nullopt;
  return State{static_cast<uint64_t>(status.st_size), modified_ns(status)};
}

int64_t DiskTree::problem_time(const WalkEntry& entry) {
  struct stat status {};
  return ::lstat(on_disk(entry).c_str(), &status) == 0 ? modified_ns(status) : 0;
}

Result<std::unique_ptr<ByteStream>> DiskTree::open(const WalkEntry& entry) {
  auto stream = is_pipe_ ? DiskStream::open_pipe(path_, bytes_read_) : DiskStream::open(on_disk(entry), bytes_read_);
  if (!stream.ok()) return stream.error();
  return std::unique_ptr<ByteStream>(std::make_unique<DiskStream>(std::move(stream).value()));
}

std::string DiskTree::flags(const WalkEntry& entry) const { return maildir_flags(walk_ ? entry.path : path_.string()); }

std::optional<uint64_t> DiskTree::count_bytes() {
  if (count_ && count_->step(kCountStep)) {
    bytes_total_ = count_->bytes();
    count_.reset();
  }
  return bytes_total_;
}

}  // namespace custos::source
