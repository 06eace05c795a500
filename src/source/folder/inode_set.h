// Files and folders by device and inode, so that none is read twice by way of links.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <set>
#include <utility>

namespace custos::source {

class InodeSet {
 public:
  // False where it was there already.
  bool insert(const struct stat& status) { return seen_.emplace(status.st_dev, status.st_ino).second; }
  [[nodiscard]] bool contains(const struct stat& status) const {
    return seen_.contains({status.st_dev, status.st_ino});
  }
  void erase(const struct stat& status) { seen_.erase({status.st_dev, status.st_ino}); }

 private:
  std::set<std::pair<uint64_t, uint64_t>> seen_;
};

}  // namespace custos::source
