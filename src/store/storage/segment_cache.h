// Copies of published segments on this machine, of bounded size. What was not used for longest goes first; what is open
// stays readable even then.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/result.h"

namespace custos::store {

// Thread-safe. Several processes may share the folder: files appear whole, under their names, and each process counts
// what it saw.
class SegmentCache {
 public:
  SegmentCache(std::filesystem::path folder, uint64_t bytes_max);

  // Counts what is there from earlier runs, and removes what an interrupted one left half done.
  [[nodiscard]] Status open();
  [[nodiscard]] std::filesystem::path folder(const std::string& segment) const { return folder_ / segment; }
  // It was used, and has grown by `bytes`: others make room where the bound is reached.
  void used(const std::string& segment, uint64_t bytes);
  // Moves a finished segment in.
  [[nodiscard]] Status take(const std::filesystem::path& from, const std::string& segment);
  void remove(const std::string& segment);
  [[nodiscard]] uint64_t bytes() const;

 private:
  struct Entry {
    std::string segment;
    uint64_t bytes = 0;
  };
  void touch(const std::string& segment, uint64_t bytes);  // holding mutex_
  void make_room();                                        // holding mutex_

  const std::filesystem::path folder_;
  const uint64_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // the latest used first
  std::unordered_map<std::string, std::list<Entry>::iterator> known_;
  uint64_t bytes_ = 0;
};

}  // namespace custos::store
