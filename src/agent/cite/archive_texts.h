// Cited messages of an archive, each read once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/citation.h"
#include "store/archive.h"

namespace custos::agent {

// For one thread and one answer.
class ArchiveTexts final : public CitedTexts {
 public:
  explicit ArchiveTexts(const store::Archive& archive) : archive_(archive) {}

  // Needs the key of the originals, for the digest.
  Result<const CitedMessage*> find(std::string_view message) override;

 private:
  Result<std::unique_ptr<CitedMessage>> read(const store::MessageEntry& entry) const;

  const store::Archive& archive_;
  std::unordered_map<std::string, std::unique_ptr<CitedMessage>> read_;
};

}  // namespace custos::agent
