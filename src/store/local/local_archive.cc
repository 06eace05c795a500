#include "store/local/local_archive.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "base/digest.h"
#include "store/local/archive_parts.h"
#include "store/local/catalog_queue.h"
#include "store/local/create_archive.h"
#include "store/local/layout.h"
#include "store/local/local_publication.h"
#include "store/local/local_rebuild.h"
#include "store/local/merger.h"
#include "store/local/reindexer.h"
#include "store/local/verifier.h"

namespace custos::store {

Status Archive::create(const std::filesystem::path& folder, const ArchiveOptions& options, std::string_view config) {
  return create_archive(folder, options, config);
}

Status Archive::join(const std::filesystem::path& folder, const ArchiveOptions& options, std::string_view config) {
  return join_archive(folder, options, config);
}

bool Archive::exists(const std::filesystem::path& folder, const ArchiveOptions& options) {
  std::error_code failure;
  return std::filesystem::exists(folder / (custos::store::is_shared(options) ? kConfigFile : kCatalogFile), failure);
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
  ASSIGN_OR_RETURN(auto reader, open_catalog(folder, options, false));
  ASSIGN_OR_RETURN(auto storage, open_storage(folder, options, for_writing));
  std::unique_ptr<LocalArchive> archive(new LocalArchive(folder, options, std::move(storage)));
  archive->reader_ = std::move(reader);
  RETURN_IF_ERROR(archive->read_identity());
  if (for_writing) RETURN_IF_ERROR(archive->open_writer());
  return std::unique_ptr<Archive>(std::move(archive));
}

Status LocalArchive::read_identity() {
  ASSIGN_OR_RETURN(id_, reader_->meta(kMetaArchive));
  ASSIGN_OR_RETURN(key_check_, reader_->meta(kMetaKeyCheck));
  if (id_.empty()) {
    ASSIGN_OR_RETURN(const std::string mark, reader_->meta(kMetaMigrating));
    return Error{Code::kNotFound,
                 fmt::format("the catalog is of no archive: run custos {} again", mark.empty() ? "init" : "migrate")};
  }
  Result<std::filesystem::path> path = MasterKey::path(options_.key_file, id_);
  if (path.ok()) key_file_ = *path;
  return {};
}

Status LocalArchive::open_writer() {
  std::optional<WriterLock> lock;
  if (!custos::store::is_shared(options_)) {
    ASSIGN_OR_RETURN(lock, WriterLock::acquire(folder_));
  }
  RETURN_IF_ERROR(load_key());
  ASSIGN_OR_RETURN(std::unique_ptr<Catalog> catalog, open_catalog(folder_, options_, true));
  std::set<std::string> known;
  ASSIGN_OR_RETURN(const std::vector<SegmentRow> rows, catalog->segments());
  for (const SegmentRow& row : rows) known.insert(row.name);
  RETURN_IF_ERROR(storage_->clean_up(known));
  ASSIGN_OR_RETURN(PackWriter packs, open_packs(*catalog));
  writer_.reset(new Writer{std::move(lock), *storage_, id_, std::move(catalog), std::move(packs)});
  return {};
}

Result<PackWriter> LocalArchive::open_packs(Catalog& catalog) const {
  if (custos::store::is_shared(options_)) {
    return PackWriter::for_many(storage_->new_packs(), id_, options_.pack_bytes_max,
                                [&catalog] { return catalog.new_pack_id(); });
  }
  ASSIGN_OR_RETURN(const std::vector<PackRow> committed, catalog.packs());
  return PackWriter::open(storage_->new_packs(), id_, options_.pack_bytes_max, committed);
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

Result<std::unique_ptr<WorkQueue>> LocalArchive::open_work_queue() const {
  ASSIGN_OR_RETURN(auto catalog, open_catalog(folder_, options_, true));
  return std::unique_ptr<WorkQueue>(std::make_unique<CatalogQueue>(std::move(catalog)));
}

Result<MessageKey> LocalArchive::horizon() const {
  ASSIGN_OR_RETURN(const auto catalog, open_catalog(folder_, options_, false));
  return catalog->merge_horizon();
}

Result<VerifyReport> LocalArchive::verify(const VerifyOptions& options, const VerifyProgress& progress) const {
  ASSIGN_OR_RETURN(std::unique_ptr<Catalog> catalog, open_catalog(folder_, options_, false));
  PackReader* packs = nullptr;
  if (options.originals) {
    ASSIGN_OR_RETURN(packs, pack_reader());
  }
  return Verifier(*storage_, id_, *catalog, packs, options, progress).run();
}

}  // namespace custos::store
