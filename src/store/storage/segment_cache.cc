#include "store/storage/segment_cache.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

uint64_t bytes_of(const fs::path& folder) {
  uint64_t bytes = 0;
  std::error_code failure;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const uint64_t size = at->file_size(failure);
    if (!failure) bytes += size;
  }
  return bytes;
}

}  // namespace

SegmentCache::SegmentCache(fs::path folder, uint64_t bytes_max) : folder_(std::move(folder)), bytes_max_(bytes_max) {}

Status SegmentCache::open() {
  std::error_code failure;
  fs::create_directories(folder_, failure);
  if (failure) return io_error("cannot create the folder", folder_, failure.value());
  std::vector<std::pair<fs::file_time_type, std::string>> found;
  for (fs::directory_iterator at(folder_, failure), end; !failure && at != end; at.increment(failure)) {
    std::string name = at->path().filename().string();
    if (is_segment_name(name)) found.emplace_back(at->last_write_time(failure), std::move(name));
  }
  if (failure) return io_error("cannot read the folder", folder_, failure.value());
  std::ranges::sort(found);
  const std::scoped_lock lock(mutex_);
  for (const auto& [time, name] : found) touch(name, bytes_of(folder_ / name));
  make_room();
  return {};
}

void SegmentCache::touch(const std::string& segment, uint64_t bytes) {
  const auto at = known_.find(segment);
  if (at == known_.end()) {
    entries_.push_front({segment, 0});
    known_[segment] = entries_.begin();
  } else {
    entries_.splice(entries_.begin(), entries_, at->second);
  }
  entries_.front().bytes += bytes;
  bytes_ += bytes;
}

void SegmentCache::make_room() {
  while (bytes_ > bytes_max_ && entries_.size() > 1) {
    const Entry& oldest = entries_.back();
    std::error_code ignored;  // it is a copy: what cannot be removed now is counted again by the next run
    fs::remove_all(folder_ / oldest.segment, ignored);
    bytes_ -= oldest.bytes;
    known_.erase(oldest.segment);
    entries_.pop_back();
  }
}

void SegmentCache::used(const std::string& segment, uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  touch(segment, bytes);
  if (bytes > 0) make_room();
}

Status SegmentCache::take(const fs::path& from, const std::string& segment) {
  const uint64_t bytes = bytes_of(from);
  std::error_code failure;
  fs::rename(from, folder_ / segment, failure);
  if (failure) return io_error("cannot move into the cache", folder_ / segment, failure.value());
  used(segment, bytes);
  return {};
}

void SegmentCache::remove(const std::string& segment) {
  const std::scoped_lock lock(mutex_);
  std::error_code ignored;
  fs::remove_all(folder_ / segment, ignored);
  const auto at = known_.find(segment);
  if (at == known_.end()) return;
  bytes_ -= at->second->bytes;
  entries_.erase(at->second);
  known_.erase(at);
}

uint64_t SegmentCache::bytes() const {
  const std::scoped_lock lock(mutex_);
  return bytes_;
}

}  // namespace custos::store
