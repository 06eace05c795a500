// The files below a folder, in bytewise order of the names at each level, files and folders together.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "source/folder/file_tree.h"
#include "source/folder/inode_set.h"

namespace custos::source {

// Holds the names of the folders from the root to where it stands, not of the whole tree. A link is followed where it
// leads out of the tree, once for each thing that it leads to: what is inside is read under its own name. Devices,
// pipes and sockets are never opened. What lies in a maildir's tmp was not delivered.
class FolderWalk {
 public:
  FolderWalk(std::filesystem::path root, uint32_t depth_max);
  [[nodiscard]] std::optional<WalkEntry> next();

 private:
  struct Name {
    std::string name;
    unsigned char type;  // DT_REG …
  };
  struct Folder {
    std::string path;  // relative, "" for the root
    std::vector<Name> names;
    size_t at = 0;
    struct stat status {};
    bool outside = false;         // reached by a link
    bool is_maildir = false;      // has cur and new
    bool is_delivered = false;    // is cur or new of one
    bool is_undelivered = false;  // a maildir's tmp
  };

  std::optional<WalkEntry> enter(std::string path, const struct stat& status, bool outside, bool undelivered);
  std::optional<WalkEntry> visit(std::string path, unsigned char type);
  std::optional<WalkEntry> visit_link(std::string path);
  [[nodiscard]] bool leads_inside(const std::filesystem::path& link) const;
  void leave();

  std::filesystem::path root_;
  std::string real_root_;
  uint32_t depth_max_;
  std::vector<Folder> stack_;
  InodeSet ancestors_;  // the folders on the stack
  InodeSet linked_;     // what links led to, and the folders below
  bool started_ = false;
};

}  // namespace custos::source
