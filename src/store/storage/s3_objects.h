// A prefix of an S3 bucket. Objects that are to be kept are put with object lock.
// Objects are put under the condition that their name is new, so that nothing is replaced.
#pragma once

#include <memory>

#include "client/s3.h"
#include "store/storage/objects.h"

namespace custos::store {

struct S3Keep {
  std::string prefix;  // of the names of what is kept
  uint32_t days = 0;   // 0: nothing is locked
  client::S3Lock::Mode mode = client::S3Lock::Mode::kGovernance;
};

class S3Objects final : public Objects {
 public:
  [[nodiscard]] static Result<std::unique_ptr<S3Objects>> open(const std::string& url, const client::S3Options& options,
                                                               S3Keep keep);

  Status put(const std::string& name, const std::filesystem::path& file) override;
  Status get(const std::string& name, const std::filesystem::path& file) const override;
  Status read(const std::string& name, uint64_t offset, std::span<char> bytes) const override;
  Result<uint64_t> size(const std::string& name) const override;
  Status remove(const std::string& name) override;
  Status list(const std::string& prefix, const Visitor& visit) const override;
  const std::string& place() const override { return place_; }

 private:
  S3Objects(client::S3Location root, std::unique_ptr<client::S3> s3, S3Keep keep);
  [[nodiscard]] client::S3Location at(const std::string& name) const;
  // kConflict where the object of that name has other bytes than the file.
  [[nodiscard]] Status compare(const std::string& name, const std::filesystem::path& file) const;

  const client::S3Location root_;  // its key ends with "/", or is empty
  const std::string place_;
  const std::unique_ptr<client::S3> s3_;
  const S3Keep keep_;
};

}  // namespace custos::store
