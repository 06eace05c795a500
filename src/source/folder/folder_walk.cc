#include "source/folder/folder_walk.h"

#include <dirent.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

namespace custos::source {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

std::string joined(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder + "/" + name;
}

std::string system_message(int number) { return std::generic_category().message(number); }

std::string_view last_step(std::string_view path) { return path.substr(path.rfind('/') + 1); }

bool is_delivery(std::string_view path) { return last_step(path) == "cur" || last_step(path) == "new"; }

unsigned char type_of(const struct stat& status) {
  if (S_ISREG(status.st_mode)) return DT_REG;
  if (S_ISDIR(status.st_mode)) return DT_DIR;
  return S_ISLNK(status.st_mode) ? DT_LNK : DT_FIFO;
}

}  // namespace

FolderWalk::FolderWalk(std::filesystem::path root, uint32_t depth_max) : root_(std::move(root)), depth_max_(depth_max) {
  std::error_code failure;
  real_root_ = std::filesystem::canonical(root_, failure).string();
}

std::optional<WalkEntry> FolderWalk::next() {
  if (!std::exchange(started_, true)) {
    struct stat status {};
    if (::stat(root_.c_str(), &status) != 0) return WalkEntry{".", "unreadable: " + system_message(errno), true};
    if (auto entry = enter("", status, false, false)) return entry;
  }
  while (!stack_.empty()) {
    Folder& folder = stack_.back();
    if (folder.at == folder.names.size()) {
      leave();
      continue;
    }
    const Name& name = folder.names[folder.at++];
    if (auto entry = visit(joined(folder.path, name.name), name.type)) return entry;
  }
  return std::nullopt;
}

void FolderWalk::leave() {
  ancestors_.erase(stack_.back().status);
  stack_.pop_back();
}

std::optional<WalkEntry> FolderWalk::enter(std::string path, const struct stat& status, bool outside,
                                           bool undelivered) {
  if (stack_.size() > depth_max_) {
    return WalkEntry{std::move(path), fmt::format("folders nested deeper than {}", depth_max_), true};
  }
  if (ancestors_.contains(status)) return WalkEntry{std::move(path), "a loop of links", false};
  if (outside && !linked_.insert(status)) return WalkEntry{std::move(path), "read before by way of a link", false};
  const std::unique_ptr<DIR, CloseFolder> handle(::opendir((root_ / path).c_str()));
  if (!handle) return WalkEntry{std::move(path), "unreadable: " + system_message(errno), true};
  Folder folder{std::move(path), {}, 0, status, outside, false, false, undelivered};
  folder.is_delivered = !stack_.empty() && stack_.back().is_maildir && is_delivery(folder.path);
  int deliveries = 0;
  while (const dirent* entry = ::readdir(handle.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    folder.names.push_back({std::string(name), entry->d_type});
    deliveries += is_delivery(name) ? 1 : 0;
  }
  folder.is_maildir = deliveries == 2;
  std::sort(folder.names.begin(), folder.names.end(), [](const Name& a, const Name& b) { return a.name < b.name; });
  ancestors_.insert(status);
  stack_.push_back(std::move(folder));
  return std::nullopt;
}

std::optional<WalkEntry> FolderWalk::visit(std::string path, unsigned char type) {
  struct stat status {};
  if (type != DT_REG && type != DT_LNK && ::lstat((root_ / path).c_str(), &status) == 0) type = type_of(status);
  const Folder& folder = stack_.back();
  if (type == DT_LNK) return visit_link(std::move(path));
  if (type == DT_DIR) {
    const bool undelivered = folder.is_undelivered || (folder.is_maildir && last_step(path) == "tmp");
    return enter(std::move(path), status, folder.outside, undelivered);
  }
  if (type == DT_UNKNOWN) return WalkEntry{std::move(path), "vanished", true};
  if (type != DT_REG) return WalkEntry{std::move(path), "a device, pipe or socket", false};
  if (folder.is_undelivered) return WalkEntry{std::move(path), "in a maildir's tmp: never delivered", false};
  return WalkEntry{std::move(path), {}, false, folder.is_delivered};
}

bool FolderWalk::leads_inside(const std::filesystem::path& link) const {
  std::error_code failure;
  const std::string target = std::filesystem::canonical(link, failure).string();
  return !failure && (target == real_root_ || target.starts_with(real_root_ + "/"));
}

std::optional<WalkEntry> FolderWalk::visit_link(std::string path) {
  struct stat status {};
  const std::filesystem::path link = root_ / path;
  if (::stat(link.c_str(), &status) != 0) {
    if (errno == ELOOP) return WalkEntry{std::move(path), "a loop of links", false};
    return WalkEntry{std::move(path), "a link that leads nowhere: " + system_message(errno), true};
  }
  if (leads_inside(link)) return WalkEntry{std::move(path), "a link to what is read under its own name", false};
  if (S_ISDIR(status.st_mode)) return enter(std::move(path), status, true, stack_.back().is_undelivered);
  if (!S_ISREG(status.st_mode)) return WalkEntry{std::move(path), "a device, pipe or socket", false};
  if (!linked_.insert(status)) return WalkEntry{std::move(path), "read before by way of a link", false};
  return WalkEntry{std::move(path), {}, false};
}

}  // namespace custos::source
