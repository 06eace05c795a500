#include "store/local/verifier.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/digest.h"
#include "base/file.h"
#include "columns/record_table.h"
#include "store/local/index_check.h"
#include "store/local/layout.h"
#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kManifestBytesMax = 16 << 20;
constexpr uint64_t kTellEvery = 1024;
constexpr char kRebuildHint[] = "run custos rebuild";
constexpr char kRestoreHint[] = "restore the file from a backup";

}  // namespace

size_t Verifier::begin_check(std::string name) {
  report_.checks.push_back({std::move(name)});
  return report_.checks.size() - 1;
}

void Verifier::problem(size_t check, std::string text) {
  ++report_.checks[check].problems;
  if (report_.problems.size() < options_.problems_max) report_.problems.push_back(std::move(text));
}

void Verifier::leftover(std::string text) {
  if (report_.leftovers.size() < options_.problems_max) report_.leftovers.push_back(std::move(text));
}

Status Verifier::tell(size_t check, uint64_t total) {
  const VerifyCheck& at = report_.checks[check];
  if (!progress_ || progress_(at.name, at.items, total)) return {};
  return Error{Code::kCancelled, "verify was stopped"};
}

Result<VerifyReport> Verifier::run() {
  RETURN_IF_ERROR(catalog_.begin_snapshot());
  ASSIGN_OR_RETURN(status_, catalog_.status());
  ASSIGN_OR_RETURN(segments_, catalog_.segments());
  RETURN_IF_ERROR(check_catalog());
  RETURN_IF_ERROR(check_counters());
  RETURN_IF_ERROR(check_segment_files());
  RETURN_IF_ERROR(check_indexes());
  RETURN_IF_ERROR(check_rows());
  RETURN_IF_ERROR(check_packs());
  RETURN_IF_ERROR(check_orphans());
  RETURN_IF_ERROR(check_ledger());
  catalog_.rollback();
  return std::move(report_);
}

Status Verifier::check_catalog() {
  const size_t check = begin_check("the catalog is sound, and its tables refer to what is there");
  report_.checks[check].items = 1;
  RETURN_IF_ERROR(tell(check, 1));
  const Result<std::vector<std::string>> faults = catalog_.faults();
  // A catalog too broken to be asked is a finding, not a failure to look.
  if (!faults.ok()) {
    problem(check, fmt::format("{}: {}", faults.error().message, kRestoreHint));
    return {};
  }
  for (const std::string& fault : *faults) problem(check, fmt::format("{}: {}", fault, kRestoreHint));
  return {};
}

Status Verifier::check_counters() {
  const size_t check = begin_check("the counts are those of the rows: found = stored + duplicates + failed");
  ASSIGN_OR_RETURN(const ArchiveStatus counted, catalog_.recount());
  const std::tuple<const char*, uint64_t, uint64_t> counts[] = {
      {"stored", status_.stored, counted.stored},    {"duplicates", status_.duplicates, counted.duplicates},
      {"failed", status_.failed, counted.failed},    {"skipped", status_.skipped, counted.skipped},
      {"threads", status_.threads, counted.threads}, {"chunks", status_.chunks, counted.chunks},
      {"vectors", status_.vectors, counted.vectors}, {"bytes", status_.bytes, counted.bytes}};
  for (const auto& [name, said, is] : counts) {
    ++report_.checks[check].items;
    if (said == is) continue;
    problem(check, fmt::format("catalog.sqlite: {} {} are counted, the rows are {}: {}", said, name, is, kRestoreHint));
  }
  return tell(check, report_.checks[check].items);
}

void Verifier::check_manifest_files(size_t check, const SegmentRow& row, const fs::path& folder,
                                    const Manifest& manifest) {
  for (const char* needed : {kMessagesFile, kChunksFile, kPostingsFile, kTextsFile, kVectorsFile}) {
    if (needed == kVectorsFile && row.vectors == 0) continue;
    if (manifest.file(needed) == nullptr) {
      problem(check,
              fmt::format("segments/{}/{}: it does not list {}; {}", row.name, kManifestFile, needed, kRebuildHint));
    }
  }
  for (const ManifestFile& file : manifest.files) {
    ++report_.checks[check].items;
    const std::string name = fmt::format("segments/{}/{}", row.name, file.name);
    const Result<ManifestFile> is = describe_file(folder / file.name);
    if (!is.ok()) {
      problem(check, fmt::format("{}: {}; {}", name, is.error().message, kRebuildHint));
    } else if (is->bytes != file.bytes) {
      problem(check, fmt::format("{}: {} bytes, {} were published; {}", name, is->bytes, file.bytes, kRebuildHint));
    } else if (is->blake2b != file.blake2b) {
      problem(check, fmt::format("{}: its bytes changed since it was published; {}", name, kRebuildHint));
    }
  }
}

Status Verifier::check_manifest(size_t check, const SegmentRow& row) {
  const std::string name = fmt::format("segments/{}/{}", row.name, kManifestFile);
  const Result<fs::path> folder = storage_.segment(row.name, kSegmentFiles);
  if (!folder.ok()) {
    problem(check, fmt::format("{}; {}", folder.error().message, kRebuildHint));
    return {};
  }
  const Result<std::string> json = read_file(*folder / kManifestFile, kManifestBytesMax);
  if (!json.ok()) {
    problem(check, fmt::format("{}; {}", json.error().message, kRebuildHint));
    return {};
  }
  if (blake2b(*json) != row.manifest) {
    problem(check, fmt::format("{}: its bytes changed since it was published; {}", name, kRebuildHint));
  }
  const Result<Manifest> manifest = Manifest::parse(*json);
  if (!manifest.ok()) {
    problem(check, fmt::format("{}: {}; {}", name, manifest.error().message, kRebuildHint));
    return {};
  }
  if (manifest->archive != archive_id_ || manifest->segment != row.name || manifest->messages != row.messages ||
      manifest->chunks != row.chunks || manifest->vectors != row.vectors) {
    problem(check, fmt::format("{}: it is of another segment than the catalog says; {}", name, kRebuildHint));
  }
  check_manifest_files(check, row, *folder, *manifest);
  return {};
}

Status Verifier::check_segment_files() {
  const size_t check = begin_check("every file of a segment has the size and hash of its manifest");
  for (const SegmentRow& row : segments_) {
    RETURN_IF_ERROR(check_manifest(check, row));
    RETURN_IF_ERROR(tell(check, segments_.size() * 2));
  }
  return {};
}

Status Verifier::check_indexes() {
  const size_t check = begin_check("every index is sound, and chunks = vectors = index rows");
  ASSIGN_OR_RETURN(const std::string model, catalog_.meta(kMetaEmbeddingModel));
  const IndexCheck::Problem found = [&](std::string text) { problem(check, std::move(text)); };
  for (const SegmentRow& row : segments_) {
    IndexCheck(storage_, row, found).run(model);
    report_.checks[check].items += row.chunks;
    RETURN_IF_ERROR(tell(check, status_.chunks));
  }
  return {};
}

void Verifier::check_segment_rows(size_t check, const SegmentRow& row, const Expected& expected) {
  const std::string name = fmt::format("segments/{}/{}", row.name, kMessagesFile);
  report_.checks[check].items += row.messages;
  constexpr const char* kFiles[] = {kMessagesFile};
  const Result<fs::path> folder = storage_.segment(row.name, kFiles);
  if (!folder.ok()) return problem(check, fmt::format("{}; {}", folder.error().message, kRebuildHint));
  const auto reader = columns::RecordReader::open(*folder / kMessagesFile);
  if (!reader.ok()) return problem(check, fmt::format("{}; {}", reader.error().message, kRebuildHint));
  const Result<std::vector<std::string>> ids = (*reader)->ids();
  if (!ids.ok()) return problem(check, fmt::format("{}; {}", ids.error().message, kRebuildHint));
  if (ids->size() != row.messages || expected.rows.size() != row.messages) {
    return problem(check, fmt::format("{}: {} rows, the catalog has {} messages there and counted {}; {}", name,
                                      ids->size(), expected.rows.size(), row.messages, kRebuildHint));
  }
  for (uint64_t at = 0; at < ids->size(); ++at) {
    const Expected::Row& wanted = expected.rows[at];
    if (wanted.row == at && (*ids)[at] == wanted.id) continue;
    problem(check, fmt::format("{} row {}: it is another message than the catalog says; {}", name, at, kRebuildHint));
  }
  if (expected.rows.empty() || (expected.rows.front().key == row.first && expected.rows.back().key == row.last)) {
    return;
  }
  problem(check,
          fmt::format("catalog.sqlite: {} has other messages than its first and last say; {}", row.name, kRebuildHint));
}

Status Verifier::check_rows() {
  const size_t check = begin_check("the messages of each segment are those of the catalog");
  size_t at = 0;
  Expected expected;
  const auto end_segment = [&]() -> Status {
    check_segment_rows(check, segments_[at++], expected);
    expected.rows.clear();
    return tell(check, status_.stored);
  };
  // Segments are ranges of keys, so one segment's ids are held at a time.
  const Status all = catalog_.for_each_placement([&](MessageKey key, RowRef where, std::string_view id) -> Status {
    while (at < segments_.size() && segments_[at].last < key) RETURN_IF_ERROR(end_segment());
    if (at < segments_.size() && segments_[at].id == where.segment) {
      expected.rows.push_back({key, where.row, std::string(id)});
    } else {
      problem(check, fmt::format("catalog.sqlite: a message is in {}, which is out of order or not there; {}",
                                 segment_name(where.segment), kRebuildHint));
    }
    return {};
  });
  RETURN_IF_ERROR(all);
  while (at < segments_.size()) RETURN_IF_ERROR(end_segment());
  return {};
}

Status Verifier::check_packs() {
  const size_t check = begin_check("every pack of originals is as long as the catalog says");
  ASSIGN_OR_RETURN(const std::vector<PackRow> rows, catalog_.packs());
  for (const PackRow& row : rows) {
    ++report_.checks[check].items;
    const std::string name = fmt::format("{}/{}", kOriginalsFolder, pack_name(row.id));
    const Result<uint64_t> size = storage_.pack_bytes(row.id);
    if (!size.ok()) {
      problem(check, fmt::format("{}: {}; {}", name, size.error().message, kRestoreHint));
    } else if (*size < row.bytes) {
      problem(check, fmt::format("{}: {} bytes, {} were committed; {}", name, *size, row.bytes, kRestoreHint));
    } else if (*size > row.bytes && !storage_.is_being_written()) {
      leftover(fmt::format("{}: {} bytes after byte {} of an interrupted run", name, *size - row.bytes, row.bytes));
    }
  }
  return tell(check, rows.size());
}

Status Verifier::check_orphans() {
  const size_t check = begin_check("nothing lies in the archive that the catalog does not know");
  if (storage_.is_being_written()) return {};  // what is being written is not published yet
  std::set<std::string> known;
  for (const SegmentRow& row : segments_) known.insert(row.name);
  ASSIGN_OR_RETURN(const std::vector<PackRow> packs, catalog_.packs());
  for (const PackRow& row : packs) known.insert(pack_name(row.id));
  const Status listed = storage_.list([&](const char* parent, const std::string& name) {
    ++report_.checks[check].items;
    if (known.contains(name)) return;
    if (is_segment_name(name) || pack_number(name) > 0) {
      leftover(fmt::format("{}/{}: of an interrupted run", parent, name));
    } else {
      problem(check, fmt::format("{}/{}: the catalog does not know it, and it is not Custos's own; move it away",
                                 parent, name));
    }
  });
  if (!listed.ok()) problem(check, fmt::format("{}; {}", listed.error().message, kRestoreHint));
  return tell(check, report_.checks[check].items);
}

void Verifier::check_tile(size_t check, const LedgerEntry& entry, Tiling& tiling) {
  const LedgerRow& row = entry.row;
  if (entry.path_id != tiling.path_id || row.generation != tiling.generation) {
    tiling = {entry.path_id, row.generation, 0};
  }
  const auto complain = [&](std::string_view what) {
    problem(check,
            fmt::format("{} at byte {}: {} until byte {}; if a task of its source failed, enqueue that again, else "
                        "ingest its source into a new archive",
                        row.place.path, std::min(tiling.end, row.place.begin), what,
                        std::max(tiling.end, row.place.begin)));
  };
  if (row.place.begin > tiling.end) {
    const bool may_be_read = std::ranges::binary_search(being_read_, entry.path_id);
    may_be_read ? void(++report_.unread) : complain("the ledger has nothing");
  }
  if (row.place.begin < tiling.end) complain("the ledger has the same bytes twice");
  if (row.place.end < row.place.begin) complain("the ledger has a span that ends before it begins");
  tiling.end = std::max(tiling.end, row.place.end);
}

void Verifier::check_original(size_t check, const LedgerRow& row) {
  const Result<std::string> bytes = packs_->read(row.original);
  ++report_.checks[check].items;
  if (bytes.ok() && bytes->size() == row.raw_bytes && blake2b(*bytes) == row.raw_digest) return;
  const std::string what =
      bytes.ok() ? fmt::format("{}/{} at byte {}: the original is not what the ledger says", kOriginalsFolder,
                               pack_name(row.original.block.pack), row.original.block.offset)
                 : bytes.error().message;
  problem(check, fmt::format("{} ({} at byte {}); {}", what, row.place.path, row.place.begin, kRestoreHint));
}

Status Verifier::check_ledger() {
  const size_t tiles = begin_check("the ledger tiles every file from byte 0 without gap or overlap");
  const size_t originals = options_.originals ? begin_check("every original opens and has the ledger's digest") : 0;
  ASSIGN_OR_RETURN(being_read_, catalog_.paths_being_read());
  std::ranges::sort(being_read_);
  Tiling tiling;
  const uint64_t total = status_.found + status_.skipped;
  const Status all = catalog_.for_each_ledger_row([&](const LedgerEntry& entry) -> Status {
    check_tile(tiles, entry, tiling);
    if (options_.originals && entry.row.has_document()) check_original(originals, entry.row);
    if (++report_.checks[tiles].items % kTellEvery != 0) return {};
    return tell(tiles, total);
  });
  RETURN_IF_ERROR(all);
  return tell(tiles, total);
}

}  // namespace custos::store
