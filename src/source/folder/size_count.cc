#include "source/folder/size_count.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <string_view>

namespace custos::source {

SizeCount::~SizeCount() {
  if (handle_ != nullptr) ::closedir(static_cast<DIR*>(handle_));
}

bool SizeCount::open_next() {
  while (handle_ == nullptr && !pending_.empty()) {
    folder_ = std::move(pending_.back());
    pending_.pop_back();
    handle_ = ::opendir(folder_.c_str());
  }
  return handle_ != nullptr;
}

bool SizeCount::step(int entries) {
  for (; entries > 0; --entries) {
    if (!open_next()) return true;
    auto* folder = static_cast<DIR*>(handle_);
    const dirent* entry = ::readdir(folder);
    if (entry == nullptr) {
      ::closedir(folder);
      handle_ = nullptr;
      continue;
    }
    const std::string_view name = entry->d_name;
    if (name == "." || name == ".." || (entry->d_type != DT_REG && entry->d_type != DT_DIR && entry->d_type != 0)) {
      continue;
    }
    struct stat status {};
    if (::fstatat(::dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (S_ISDIR(status.st_mode)) pending_.push_back(folder_ / name);
    if (S_ISREG(status.st_mode)) bytes_ += static_cast<uint64_t>(status.st_size);
  }
  return false;
}

}  // namespace custos::source
