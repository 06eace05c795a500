// Checks an archive against itself.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/catalog/catalog.h"
#include "store/originals/pack_file.h"
#include "store/segment/manifest.h"
#include "store/storage/storage.h"
#include "store/verify.h"

namespace custos::store {

class Verifier {
 public:
  // `packs` may be null where options.originals is false. All references must outlive it.
  Verifier(const Storage& storage, const std::string& archive_id, Catalog& catalog, PackReader* packs,
           const VerifyOptions& options, const VerifyProgress& progress)
      : storage_(storage),
        archive_id_(archive_id),
        catalog_(catalog),
        packs_(packs),
        options_(options),
        progress_(progress) {}

  [[nodiscard]] Result<VerifyReport> run();

 private:
  // Row numbers and ids of one segment, as the catalog has them.
  struct Expected {
    struct Row {
      MessageKey key{};
      uint64_t row = 0;
      std::string id;
    };
    std::vector<Row> rows;
  };
  struct Tiling {
    int64_t path_id = -1;
    uint64_t generation = 0;
    uint64_t end = 0;
  };

  size_t begin_check(std::string name);
  void problem(size_t check, std::string text);
  void leftover(std::string text);
  Status tell(size_t check, uint64_t total);

  Status check_catalog();
  Status check_counters();
  Status check_segment_files();
  Status check_manifest(size_t check, const SegmentRow& row);
  void check_manifest_files(size_t check, const SegmentRow& row, const std::filesystem::path& folder,
                            const Manifest& manifest);
  Status check_indexes();
  Status check_rows();
  void check_segment_rows(size_t check, const SegmentRow& row, const Expected& expected);
  Status check_packs();
  Status check_orphans();
  Status check_ledger();
  void check_tile(size_t check, const LedgerEntry& entry, Tiling& tiling);
  void check_original(size_t check, const LedgerRow& row);

  const Storage& storage_;
  const std::string& archive_id_;
  Catalog& catalog_;
  PackReader* const packs_;
  const VerifyOptions& options_;
  const VerifyProgress& progress_;
  ArchiveStatus status_;
  std::vector<int64_t> being_read_;  // paths, in rising order
  std::vector<SegmentRow> segments_;
  VerifyReport report_;
};

}  // namespace custos::store
