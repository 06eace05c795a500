#include "store/local/local_archive.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "store/catalog/sqlite_catalog.h"
#include "store/local/create_archive.h"
#include "store/local/layout.h"
#include "store/local/local_publication.h"
#include "store/local/local_rebuild.h"
#include "store/local/merger.h"
#include "store/local/reindexer.h"
#include "store/local/verifier.h"
#include "store/storage/folder_storage.h"

namespace custos::store {

Status Archive::create(const std::filesystem::path& folder, const ArchiveOptions& options, std::string_view config) {
  return create_archive(folder, options, config);
}

Result<std::unique_ptr<Archive>> Archive::open_for_reading(const std::filesystem::path& folder,
                                                           const ArchiveOptions& options) {
  return LocalArchive::open(folder, options, false);
}

Result<std::unique_ptr<Archive>> Archive::open_for_writing(const std::filesystem::path& folder,
                                                           const ArchiveOptions& options) {
  return LocalArchive::open(folder, options, true);
}

LocalArchive::LocalArchive(std::filesystem::path folder, ArchiveOptions options, std::unique_ptr<Storage> storage)
    : folder_(std::move(folder)),
      options_(std::move(options)),
      storage_(std::move(storage)),
      segments_(*storage_),
      snapshots_(*storage_) {}

Result<std::unique_ptr<Archive>> LocalArchive::open(const std::filesystem::path& folder, const ArchiveOptions& options,
                                                    bool for_writing) {
  if (sodium_init() < 0) return Error{Code::kIo, "no source of randomness"};
  std::error_code failure;
  if (!std::filesystem::exists(folder / kCatalogFile, failure)) {
    return Error{Code::kNotFound, fmt::format("{} is not an archive: make one with custos init", folder.string())};
  }
  std::unique_ptr<LocalArchive> archive(new LocalArchive(folder, options, std::make_unique<FolderStorage>(folder)));
  RETURN_IF_ERROR(archive->open_reader());
  if (for_writing) RETURN_IF_ERROR(archive->open_writer());
  return std::unique_ptr<Archive>(std::move(archive));
}

Status LocalArchive::open_reader() {
  ASSIGN_OR_RETURN(reader_, SqliteCatalog::open(folder_ / kCatalogFile, Sqlite::Mode::kRead));
  ASSIGN_OR_RETURN(id_, reader_->meta(kMetaArchive));
  ASSIGN_OR_RETURN(key_check_, reader_->meta(kMetaKeyCheck));
  Result<std::filesystem::path> path = MasterKey::path(options_.key_file, id_);
  if (path.ok()) key_file_ = *path;
  return {};
}

Status LocalArchive::open_writer() {
  ASSIGN_OR_RETURN(WriterLock lock, WriterLock::acquire(folder_));
  RETURN_IF_ERROR(load_key());
  ASSIGN_OR_RETURN(std::unique_ptr<Catalog> catalog, SqliteCatalog::open(folder_ / kCatalogFile, Sqlite::Mode::kWrite));
  std::set<std::string> known;
  ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, catalog->segments());
  for (const SegmentRow& row : rows) known.insert(row.name);
  RETURN_IF_ERROR(storage_->clean_up(known));
  ASSIGN_OR_RETURN(const std::vector<PackRow> committed, catalog->packs());
  ASSIGN_OR_RETURN(PackWriter packs, PackWriter::open(storage_->new_packs(), id_, options_.pack_bytes_max, committed));
  writer_.reset(new Writer{std::move(lock), *storage_, id_, std::move(catalog), std::move(packs)});
  return {};
}

Result<MasterKey> LocalArchive::load_key() const {
  ASSIGN_OR_RETURN(const std::filesystem::path path, MasterKey::path(options_.key_file, id_));
  ASSIGN_OR_RETURN(MasterKey key, MasterKey::load(path));
  if (Digest::from_view(key.derive(kPurposeKeyCheck, id_)).hex() == key_check_) return key;
  return Error{Code::kInvalidArgument, fmt::format("{} is the key of another archive", path.string())};
}

Result<std::string> LocalArchive::derived_key(std::string_view purpose) const {
  ASSIGN_OR_RETURN(const MasterKey key, load_key());
  return key.derive(fmt::format("derived {}", purpose), id_);
}

Result<BlockSealer> LocalArchive::sealer() const {
  ASSIGN_OR_RETURN(const MasterKey key, load_key());
  const std::string derived = key.derive(kPurposeOriginals, id_);
  BlockSealer::Key bytes{};
  std::copy(derived.begin(), derived.end(), bytes.begin());
  return BlockSealer(id_, bytes);
}

Result<SourceId> LocalArchive::register_source(const std::string& name) {
  if (!writer_) return Error{Code::kInvalidArgument, "the archive is open for reading only"};
  RETURN_IF_ERROR(check_free(*writer_));
  return writer_->catalog->register_source(name);
}

Result<std::unique_ptr<Publication>> LocalArchive::begin_publication(const PublicationOptions& options) {
  if (!writer_) return Error{Code::kInvalidArgument, "the archive is open for reading only"};
  return LocalPublication::begin(*writer_, options);
}

Result<std::unique_ptr<Rebuild>> LocalArchive::begin_rebuild(const PublicationOptions& options) {
  if (!writer_) return Error{Code::kInvalidArgument, "the archive is open for reading only"};
  return LocalRebuild::begin(*writer_, options);
}

Status LocalArchive::reindex(const ReindexOptions& options, const ReindexObserver& observe) {
  if (!writer_) return Error{Code::kInvalidArgument, "the archive is open for reading only"};
  return Reindexer(*writer_, options, observe).run();
}

Result<uint64_t> LocalArchive::merge_segments(const ReindexObserver& observe) {
  if (!writer_) return Error{Code::kInvalidArgument, "the archive is open for reading only"};
  return Merger(*writer_, observe).run();
}

Result<VerifyReport> LocalArchive::verify(const VerifyOptions& options, const VerifyProgress& progress) const {
  ASSIGN_OR_RETURN(std::unique_ptr<Catalog> catalog, SqliteCatalog::open(folder_ / kCatalogFile, Sqlite::Mode::kRead));
  PackReader* packs = nullptr;
  if (options.originals) {
    ASSIGN_OR_RETURN(packs, pack_reader());
  }
  return Verifier(*storage_, id_, *catalog, packs, options, progress).run();
}

}  // namespace custos::store
