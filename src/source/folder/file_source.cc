#include "source/folder/file_source.h"

#include <sys/stat.h>

#include <algorithm>

#include "source/maildir/maildir.h"

namespace custos::source {
namespace {

constexpr int kCountStep = 256;  // folder entries looked at for each item: all are counted long before all are read

int64_t modified_ns(const struct stat& status) {
  return status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec;
}

}  // namespace

FileSource::FileSource(std::filesystem::path path, const SourceOptions& options, FileLookup lookup)
    : path_(std::move(path)), options_(options), lookup_(std::move(lookup)), window_(window_capacity(options)) {
  std::error_code failure;
  if (path_ != "-" && std::filesystem::is_directory(path_, failure)) {
    walk_.emplace(path_, options_.folder_depth_max);
    count_.emplace(path_);
    return;
  }
  is_pipe_ = path_ == "-" || !std::filesystem::is_regular_file(path_, failure);
  if (is_pipe_) return;
  const auto size = std::filesystem::file_size(path_, failure);
  if (!failure) bytes_total_ = size;
}

Result<std::optional<Item>> FileSource::next() {
  count_sizes();
  while (true) {
    if (reading_) {
      if (auto item = reading_->next()) return std::optional<Item>(std::move(item));
      finish_file();
    }
    const auto entry = next_entry();
    if (!entry) return std::optional<Item>();
    if (auto item = begin(*entry)) return std::optional<Item>(std::move(item));
  }
}

void FileSource::count_sizes() {
  if (!count_ || !count_->step(kCountStep)) return;
  bytes_total_ += count_->bytes();
  count_.reset();
}

void FileSource::finish_file() {
  bytes_done_ += reading_->size().value_or(bytes_current_.load());
  bytes_current_ = 0;
  reading_.reset();
}

std::optional<WalkEntry> FileSource::next_entry() {
  if (walk_) return walk_->next();
  if (std::exchange(single_done_, true)) return std::nullopt;
  WalkEntry entry;
  entry.path = path_ == "-" ? "-" : path_.filename().string();
  return entry;
}

std::filesystem::path FileSource::on_disk(const std::string& file) const { return walk_ ? path_ / file : path_; }

LogicalFile FileSource::logical_file(const WalkEntry& entry) const {
  LogicalFile file;
  file.path = entry.path;
  file.flags = maildir_flags(walk_ ? entry.path : path_.string());
  file.document_bytes_max = options_.document_bytes_max;
  file.is_source = !walk_;
  file.expectation = expectation_of(entry.path);
  if (file.is_source) file.expectation = Expectation::kTextMessage;
  if (entry.is_delivered) file.expectation = Expectation::kMessage;
  return file;
}

std::optional<Item> FileSource::problem(const WalkEntry& entry, const std::optional<FileState>& before) {
  struct stat status {};
  const bool exists = ::lstat(on_disk(entry.path).c_str(), &status) == 0;
  const FileState state = state_of_problem(exists ? modified_ns(status) : 0, before);
  if (before == state) return std::nullopt;
  Item item;
  item.what = document::SkippedSpan{{entry.path, 0, 0}, entry.problem, entry.failed};
  item.file = entry.path;
  item.state = state;
  item.ends_logical_file = true;
  return item;
}

std::optional<Item> FileSource::begin(const WalkEntry& entry) {
  const auto before = lookup_ ? lookup_(entry.path) : std::nullopt;
  if (!entry.problem.empty()) return problem(entry, before);
  struct stat status {};
  if (before && before->complete && !is_pipe_ && ::stat(on_disk(entry.path).c_str(), &status) == 0 &&
      before->size == static_cast<uint64_t>(status.st_size) && before->modified_ns == modified_ns(status)) {
    bytes_done_ += before->size;
    ++files_unchanged_;
    return std::nullopt;
  }
  auto stream =
      is_pipe_ ? DiskStream::open_pipe(path_, bytes_current_) : DiskStream::open(on_disk(entry.path), bytes_current_);
  if (!stream.ok()) {
    WalkEntry unreadable = entry;
    unreadable.problem = stream.error().message;
    unreadable.failed = true;
    return problem(unreadable, before);
  }
  reading_ = std::make_unique<FileReading>(window_, options_, logical_file(entry), std::move(*stream), before);
  return reading_->next();
}

SourceProgress FileSource::progress() const {
  SourceProgress progress;
  progress.bytes_total = bytes_total_;
  progress.bytes_read = bytes_done_ + bytes_current_;
  if (progress.bytes_total > 0) progress.bytes_read = std::min(progress.bytes_read, progress.bytes_total);
  progress.files_unchanged = files_unchanged_;
  return progress;
}

}  // namespace custos::source
