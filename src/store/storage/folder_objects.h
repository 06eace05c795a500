// A folder that all machines have mounted.
#pragma once

#include <string_view>

#include "store/storage/objects.h"

namespace custos::store {

class FolderObjects final : public Objects {
 public:
  explicit FolderObjects(std::filesystem::path folder);

  Status put(const std::string& name, const std::filesystem::path& file) override;
  Status get(const std::string& name, const std::filesystem::path& file) const override;
  Status read(const std::string& name, uint64_t offset, std::span<char> bytes) const override;
  Result<uint64_t> size(const std::string& name) const override;
  Status remove(const std::string& name) override;
  Status list(const std::string& prefix, const Visitor& visit) const override;
  const std::string& place() const override { return place_; }
  // Whether a file of this name is one that was never put whole.
  [[nodiscard]] static bool is_half(std::string_view file);

 private:
  const std::filesystem::path folder_;
  const std::string place_;
};

}  // namespace custos::store
