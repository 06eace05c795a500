#include "store/originals/pack_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <set>
#include <system_error>

#include "store/originals/block_format.h"
#include "store/originals/little_endian.h"

namespace custos::store {
namespace {

constexpr std::string_view kPackMagic = "CUSTPACK";
constexpr uint32_t kPackVersion = 1;
constexpr size_t kBlocksKept = 4;

// "CUSTPACK" · version u32 · number u32 · archive id (32 hex digits) · 16 zero bytes
std::string pack_header(uint32_t pack, const std::string& archive_id) {
  std::string header(kPackHeaderBytes, '\0');
  std::memcpy(header.data(), kPackMagic.data(), kPackMagic.size());
  put_little_endian<uint32_t>(header.data() + 8, kPackVersion);
  put_little_endian<uint32_t>(header.data() + 12, pack);
  std::memcpy(header.data() + 16, archive_id.data(), std::min<size_t>(archive_id.size(), 32));
  return header;
}

Status remove_unknown_packs(const std::filesystem::path& folder, const std::vector<PackRow>& committed) {
  std::set<uint32_t> known;
  for (const PackRow& row : committed) known.insert(row.id);
  std::error_code failure;
  for (std::filesystem::directory_iterator at(folder, failure), end; !failure && at != end; at.increment(failure)) {
    const uint32_t pack = pack_number(at->path().filename().string());
    if (pack == 0 || known.contains(pack)) continue;
    std::filesystem::remove(at->path(), failure);
  }
  if (failure) return io_error("cannot clean up", folder, failure.value());
  return {};
}

Status cut_back(const std::filesystem::path& path, uint64_t committed) {
  std::error_code failure;
  const uint64_t size = std::filesystem::file_size(path, failure);
  if (failure) return io_error("cannot read the pack (run custos verify)", path, failure.value());
  if (size < committed) {
    return Error{Code::kCorrupt, fmt::format("{} has {} bytes, {} were committed: restore it from a backup, then run "
                                             "custos verify",
                                             path.string(), size, committed)};
  }
  if (size > committed) std::filesystem::resize_file(path, committed, failure);
  if (failure) return io_error("cannot truncate", path, failure.value());
  return {};
}

}  // namespace

std::string pack_name(uint32_t pack) { return fmt::format("{:06}.pack", pack); }

uint32_t pack_number(std::string_view name) {
  if (!name.ends_with(".pack")) return 0;
  name.remove_suffix(5);
  uint32_t number = 0;
  const auto [end, failure] = std::from_chars(name.data(), name.data() + name.size(), number);
  return failure == std::errc() && end == name.data() + name.size() && pack_name(number).size() == name.size() + 5
             ? number
             : 0;
}

Result<PackWriter> PackWriter::open(std::filesystem::path folder, std::string archive_id, uint64_t pack_bytes_max,
                                    const std::vector<PackRow>& committed) {
  RETURN_IF_ERROR(remove_unknown_packs(folder, committed));
  for (const PackRow& row : committed) RETURN_IF_ERROR(cut_back(folder / pack_name(row.id), row.bytes));
  PackWriter writer;
  writer.folder_ = std::move(folder);
  writer.archive_id_ = std::move(archive_id);
  writer.pack_bytes_max_ = pack_bytes_max;
  if (!committed.empty()) RETURN_IF_ERROR(writer.resume_pack(committed.back()));
  return writer;
}

Status PackWriter::resume_pack(const PackRow& row) {
  ASSIGN_OR_RETURN(file_, File::open_append(folder_ / pack_name(row.id)));
  committed_ = current_ = row;
  return {};
}

PackWriter PackWriter::for_many(std::filesystem::path folder, std::string archive_id, uint64_t pack_bytes_max,
                                NewPack new_pack) {
  PackWriter writer;
  writer.folder_ = std::move(folder);
  writer.archive_id_ = std::move(archive_id);
  writer.pack_bytes_max_ = pack_bytes_max;
  writer.new_pack_ = std::move(new_pack);
  return writer;
}

Status PackWriter::begin_pack() {
  uint32_t pack = current_.id + 1;
  if (new_pack_) {
    ASSIGN_OR_RETURN(pack, new_pack_());
  }
  if (file_.is_open() && !grown_.empty()) RETURN_IF_ERROR(file_.sync());
  // Moved in only when it is there: rollback must know every file that was made.
  ASSIGN_OR_RETURN(file_, File::create(folder_ / pack_name(pack)));
  current_ = {pack, 0};
  grown_.push_back(current_);
  folder_changed_ = true;
  RETURN_IF_ERROR(file_.write(pack_header(pack, archive_id_)));
  current_.bytes = kPackHeaderBytes;
  return {};
}

Result<BlockRef> PackWriter::append(const SealedBlock& block) {
  const bool full = current_.bytes > kPackHeaderBytes && current_.bytes + block.bytes.size() > pack_bytes_max_;
  if (!file_.is_open() || full) RETURN_IF_ERROR(begin_pack());
  if (grown_.empty() || grown_.back().id != current_.id) grown_.push_back(current_);
  const BlockRef ref{current_.id, current_.bytes};
  RETURN_IF_ERROR(file_.write(block.bytes));
  current_.bytes += block.bytes.size();
  grown_.back() = current_;
  return ref;
}

Status PackWriter::sync() {
  if (grown_.empty()) return {};
  RETURN_IF_ERROR(file_.sync());
  return folder_changed_ ? sync_folder(folder_) : Status();
}

void PackWriter::commit() {
  if (new_pack_) {
    file_ = File();
    current_ = {};
  }
  committed_ = current_;
  grown_.clear();
  folder_changed_ = false;
}

Status PackWriter::rollback() {
  if (grown_.empty()) return {};
  file_ = File();
  std::error_code failure;
  for (const PackRow& row : grown_) {
    if (row.id != committed_.id) std::filesystem::remove(folder_ / pack_name(row.id), failure);
  }
  grown_.clear();
  folder_changed_ = false;
  current_ = committed_;
  if (committed_.id == 0) return {};
  RETURN_IF_ERROR(cut_back(folder_ / pack_name(committed_.id), committed_.bytes));
  return resume_pack(committed_);
}

Result<std::string> PackReader::load(const BlockRef& ref) const {
  const auto located = [&](const Error& error) {
    return Error{error.code,
                 fmt::format("{} at byte {}: {}", storage_.pack_place(ref.pack), ref.offset, error.message)};
  };
  std::string bytes(kBlockHeaderBytes, '\0');
  RETURN_IF_ERROR(storage_.read_pack(ref.pack, ref.offset, bytes));
  const Result<BlockHeader> header = read_block_header(bytes);
  if (!header.ok()) return located(header.error());
  // The header's size is not believed before the pack is known to be that long.
  ASSIGN_OR_RETURN(const uint64_t size, storage_.pack_bytes(ref.pack));
  if (ref.offset + kBlockHeaderBytes + header->sealed_bytes > size) {
    return located({Code::kCorrupt, "the block goes beyond the end of the pack"});
  }
  bytes.resize(kBlockHeaderBytes + header->sealed_bytes);
  RETURN_IF_ERROR(storage_.read_pack(ref.pack, ref.offset, bytes));
  Result<std::string> plain = sealer_.open(bytes);
  if (!plain.ok()) return located(plain.error());
  return plain;
}

Result<std::string> PackReader::read(const OriginalRef& original) {
  const std::scoped_lock lock(mutex_);
  auto block =
      std::find_if(blocks_.begin(), blocks_.end(), [&](const Block& kept) { return kept.ref == original.block; });
  if (block == blocks_.end()) {
    ASSIGN_OR_RETURN(std::string plain, load(original.block));
    if (blocks_.size() >= kBlocksKept) blocks_.pop_back();
    blocks_.push_front({original.block, std::move(plain)});
    block = blocks_.begin();
  }
  blocks_.splice(blocks_.begin(), blocks_, block);
  if (original.begin > original.end || original.end > block->plain.size()) {
    return Error{Code::kCorrupt, fmt::format("{} at byte {}: the ledger points beyond the block's end",
                                             storage_.pack_place(original.block.pack), original.block.offset)};
  }
  return block->plain.substr(original.begin, original.end - original.begin);
}

}  // namespace custos::store
