// The archive's own folder, for one writer at a time.
#pragma once

#include "store/storage/storage.h"

namespace custos::store {

class FolderStorage final : public Storage {
 public:
  explicit FolderStorage(const std::filesystem::path& archive);

  Result<std::filesystem::path> segment(const std::string& name, std::span<const char* const> files) const override;
  Result<uint64_t> pack_bytes(uint32_t pack) const override;
  Status read_pack(uint32_t pack, uint64_t offset, std::span<char> bytes) const override;
  std::string pack_place(uint32_t pack) const override;
  Status list(const NameVisitor& visit) const override;
  bool is_being_written() const override;

  const std::filesystem::path& new_segments() const override { return segments_; }
  const std::filesystem::path& new_packs() const override { return packs_; }
  Status put_segment(const std::string& /*name*/) override { return {}; }  // made where it is read
  Status put_pack(uint32_t /*pack*/) override { return {}; }
  Status remove_segment(const std::string& name) override;
  Status remove_pack(uint32_t pack) override;
  Status clean_up(const std::set<std::string>& segments) override;

 private:
  const std::filesystem::path archive_;
  const std::filesystem::path segments_;
  const std::filesystem::path packs_;
};

}  // namespace custos::store
