// Objects under names that many machines share: an S3 bucket, or a folder that is mounted on all of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

#include "base/result.h"

namespace custos::store {

// Thread-safe. A name is written once; what is read is what was written whole.
class Objects {
 public:
  virtual ~Objects() = default;
  // Durable when it returns. An object of that name with the same bytes is no fault; with others, kConflict.
  [[nodiscard]] virtual Status put(const std::string& name, const std::filesystem::path& file) = 0;
  // Into a new file. kNotFound.
  [[nodiscard]] virtual Status get(const std::string& name, const std::filesystem::path& file) const = 0;
  // Fills `bytes`; kCorrupt where the object ends before.
  [[nodiscard]] virtual Status read(const std::string& name, uint64_t offset, std::span<char> bytes) const = 0;
  [[nodiscard]] virtual Result<uint64_t> size(const std::string& name) const = 0;  // kNotFound
  // No fault where it is gone.
  [[nodiscard]] virtual Status remove(const std::string& name) = 0;
  // Names that begin with `prefix`, in bytewise order.
  using Visitor = std::function<Status(const std::string& name, uint64_t bytes)>;
  [[nodiscard]] virtual Status list(const std::string& prefix, const Visitor& visit) const = 0;
  // "s3://bucket/prefix/" or "/folder/": what stands before a name in messages to people.
  [[nodiscard]] virtual const std::string& place() const = 0;
};

}  // namespace custos::store
