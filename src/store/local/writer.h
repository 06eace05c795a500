// What an archive that is open for writing owns, and its publication uses.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/file.h"
#include "base/result.h"
#include "store/catalog/catalog.h"
#include "store/originals/pack_file.h"

namespace custos::store {

// flock(2) on ARCHIVE/lock for as long as it lives; the file says which process.
class WriterLock {
 public:
  // kConflict names the process that has it.
  [[nodiscard]] static Result<WriterLock> acquire(const std::filesystem::path& archive);
  // Whether any process has it now, this one included.
  [[nodiscard]] static bool is_held(const std::filesystem::path& archive);

 private:
  explicit WriterLock(File file) : file_(std::move(file)) {}
  File file_;
};

struct Writer {
  WriterLock lock;
  std::filesystem::path segments;
  std::string archive_id;
  std::unique_ptr<Catalog> catalog;
  PackWriter packs;
  bool busy = false;    // a publication or rebuild is open
  bool broken = false;  // a sync or commit failed: only opening anew tells what is on the disk
};

// Says that the writer is at work, for as long as it lives.
class AtWork {
 public:
  explicit AtWork(Writer& writer) : writer_(writer) { writer_.busy = true; }
  ~AtWork() { writer_.busy = false; }
  AtWork(const AtWork&) = delete;
  AtWork& operator=(const AtWork&) = delete;

 private:
  Writer& writer_;
};

// Removes the folders of segments that the catalog does not name.
[[nodiscard]] Status remove_unknown_segments(const std::filesystem::path& segments, Catalog& catalog);
// kConflict where one is open already, kIo after a failure that only opening anew mends.
[[nodiscard]] Status check_free(const Writer& writer);

}  // namespace custos::store
