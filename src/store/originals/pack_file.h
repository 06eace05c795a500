// Packs: append-only files of sealed blocks, originals/000001.pack and on.
#pragma once

#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "store/block_sealer.h"
#include "store/catalog/row.h"
#include "store/storage/storage.h"

namespace custos::store {

inline constexpr uint64_t kPackHeaderBytes = 64;

[[nodiscard]] std::string pack_name(uint32_t pack);
// 0 where it is not the name of a pack.
[[nodiscard]] uint32_t pack_number(std::string_view name);

// Appends blocks. What was appended since the last commit() is dropped by rollback() or by the next open().
class PackWriter {
 public:
  // Cuts packs back to what the catalog committed and removes those it does not know. kCorrupt where one is missing or
  // too short.
  [[nodiscard]] static Result<PackWriter> open(std::filesystem::path folder, std::string archive_id,
                                               uint64_t pack_bytes_max, const std::vector<PackRow>& committed);

  // One pack or more of its own for each commit, numbered by `new_pack`: where several write at once. commit() leaves
  // the files to whoever put them elsewhere.
  using NewPack = std::function<Result<uint32_t>()>;
  [[nodiscard]] static PackWriter for_many(std::filesystem::path folder, std::string archive_id,
                                           uint64_t pack_bytes_max, NewPack new_pack);

  [[nodiscard]] Result<BlockRef> append(const SealedBlock& block);
  // Makes what was appended durable. After a failure the writer is of no more use.
  [[nodiscard]] Status sync();
  // The packs that grew since the last commit, with their sizes.
  [[nodiscard]] const std::vector<PackRow>& grown() const { return grown_; }
  void commit();
  [[nodiscard]] Status rollback();

 private:
  PackWriter() = default;
  Status begin_pack();
  Status resume_pack(const PackRow& row);

  std::filesystem::path folder_;
  std::string archive_id_;
  uint64_t pack_bytes_max_ = 0;
  NewPack new_pack_;   // null: the next number, and one pack for many commits
  PackRow committed_;  // the last one
  PackRow current_;
  File file_;
  bool folder_changed_ = false;
  std::vector<PackRow> grown_;
};

// Reads originals back, many threads at once; keeps the last few blocks open.
class PackReader {
 public:
  // `storage` must outlive it.
  PackReader(const Storage& storage, BlockSealer sealer) : storage_(storage), sealer_(std::move(sealer)) {}

  // Errors name the pack and the block's offset.
  [[nodiscard]] Result<std::string> read(const OriginalRef& original);

 private:
  struct Block {
    BlockRef ref;
    std::string plain;
  };
  Result<std::string> load(const BlockRef& ref) const;

  const Storage& storage_;
  const BlockSealer sealer_;
  std::mutex mutex_;
  std::list<Block> blocks_;  // the latest used first
};

}  // namespace custos::store
