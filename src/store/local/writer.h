// What an archive that is open for writing owns, and its publication uses.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "store/catalog/catalog.h"
#include "store/local/writer_lock.h"
#include "store/originals/pack_file.h"
#include "store/storage/storage.h"
#include "store/work.h"

namespace custos::store {

struct Writer {
  std::optional<WriterLock> lock;  // of the whole archive, where only one can write
  Storage& storage;
  std::string archive_id;
  std::unique_ptr<Catalog> catalog;
  PackWriter packs;
  std::string owner = process_name();  // in leases
  bool busy = false;                   // a publication or rebuild is open
  bool broken = false;                 // a sync or commit failed: only opening anew tells what is on the disk
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

// kConflict where one is open already, kIo after a failure that only opening anew mends.
[[nodiscard]] Status check_free(const Writer& writer);

}  // namespace custos::store
