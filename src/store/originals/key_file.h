// The archive's key: 256 random bits in a file outside of it, as 64 hex digits.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::store {

class MasterKey {
 public:
  MasterKey() = default;
  ~MasterKey();
  MasterKey(const MasterKey&) = default;
  MasterKey& operator=(const MasterKey&) = default;

  // `given`, or where keys are by default: $CUSTOS_KEYS, $XDG_DATA_HOME/custos/keys, ~/.local/share/custos/keys.
  // kInvalidArgument where none of them is set.
  [[nodiscard]] static Result<std::filesystem::path> path(const std::filesystem::path& given,
                                                          const std::string& archive_id);
  // kNotFound names the file that was looked for.
  [[nodiscard]] static Result<MasterKey> load(const std::filesystem::path& file);
  // Writes a new key, readable by its owner only, and its folders; an existing one is loaded instead.
  [[nodiscard]] static Result<MasterKey> create(const std::filesystem::path& file);

  // 32 bytes for one purpose and archive: keyed BLAKE2b-256.
  [[nodiscard]] std::string derive(std::string_view purpose, const std::string& archive_id) const;

 private:
  std::array<unsigned char, 32> bytes_{};
};

}  // namespace custos::store
