// The archive that is copied.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/catalog/row.h"
#include "store/local/writer_lock.h"
#include "store/migrate.h"
#include "store/migrate/catalog_copy.h"
#include "store/storage/objects.h"

namespace custos::store {

// One in a folder is locked against writers. Of one that is shared, what others commit meanwhile is noticed.
class MigrationSource {
 public:
  // kConflict names the process that writes to it.
  [[nodiscard]] static Result<std::unique_ptr<MigrationSource>> open(const ArchivePlace& place);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] const std::vector<SegmentRow>& segments() const { return segments_; }
  [[nodiscard]] const std::vector<PackRow>& packs() const { return packs_; }
  [[nodiscard]] uint64_t messages() const { return messages_; }
  [[nodiscard]] const Objects& objects() const { return *objects_; }
  // Of its files, where they are all in one; else empty.
  [[nodiscard]] std::filesystem::path files() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return place_.folder; }

  // A view that does not change, until end_view(). kConflict where it is not of what segments() and packs() are.
  [[nodiscard]] Status begin_view();
  [[nodiscard]] CatalogDatabase database();
  void end_view();
  // kConflict where others have committed since it was opened.
  [[nodiscard]] Status check_unchanged();

 private:
  explicit MigrationSource(const ArchivePlace& place) : place_(place) {}
  Status read_catalog();
  Status connect();

  const ArchivePlace place_;
  std::optional<WriterLock> lock_;
  std::string id_;
  std::vector<SegmentRow> segments_;
  std::vector<PackRow> packs_;
  uint64_t messages_ = 0;
  int64_t change_ = 0;  // 0 where it is locked
  std::unique_ptr<Objects> objects_;
  std::unique_ptr<Sql> sql_;
  bool in_view_ = false;
};

}  // namespace custos::store
