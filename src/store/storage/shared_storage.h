// Segments and packs as objects that many machines share, with copies on this one.
#pragma once

#include <memory>
#include <optional>

#include "store/local/writer_lock.h"
#include "store/segment/manifest.h"
#include "store/storage/objects.h"
#include "store/storage/segment_cache.h"
#include "store/storage/storage.h"

namespace custos::store {

// ARCHIVE/cache/ has copies of segments for all processes of the machine; ARCHIVE/scratch/<n>/ is where one process
// makes new ones: each that writes has a number of its own for as long as it lives.
class SharedStorage final : public Storage {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SharedStorage>> open(const std::filesystem::path& archive,
                                                                   std::unique_ptr<Objects> objects,
                                                                   uint64_t cache_bytes_max, bool for_writing);

  Result<std::filesystem::path> segment(const std::string& name, std::span<const char* const> files) const override;
  Result<uint64_t> pack_bytes(uint32_t pack) const override;
  Status read_pack(uint32_t pack, uint64_t offset, std::span<char> bytes) const override;
  std::string pack_place(uint32_t pack) const override;
  Status list(const NameVisitor& visit) const override;
  bool is_being_written() const override { return true; }

  const std::filesystem::path& new_segments() const override { return segments_; }
  const std::filesystem::path& new_packs() const override { return packs_; }
  Status put_segment(const std::string& name) override;
  Status put_pack(uint32_t pack) override;
  Status remove_segment(const std::string& name) override;
  Status remove_pack(uint32_t pack) override;
  Status clean_up(const std::set<std::string>& segments) override;

 private:
  SharedStorage(const std::filesystem::path& archive, std::unique_ptr<Objects> objects, uint64_t cache_bytes_max);
  // A folder of its own under scratch/, empty.
  Status take_scratch(const std::filesystem::path& archive);
  // The bytes that it had to fetch: 0 where the file was there.
  Result<uint64_t> fetch(const std::string& segment, const std::string& file) const;
  Result<Manifest> manifest(const std::string& segment, uint64_t& fetched) const;

  const std::unique_ptr<Objects> objects_;
  mutable SegmentCache cache_;
  std::optional<WriterLock> lock_;
  std::filesystem::path segments_;
  std::filesystem::path packs_;
};

}  // namespace custos::store
