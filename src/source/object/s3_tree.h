// The objects of an S3 bucket below a prefix, in the order of their keys; or one object.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/s3.h"
#include "source/folder/file_tree.h"

namespace custos::source {

class S3Tree final : public FileTree {
 public:
  // `url`: "s3://bucket/prefix", which is an object or has objects below it. The walk begins at `first` where it is not
  // empty. kNotFound where there is neither.
  [[nodiscard]] static Result<std::unique_ptr<FileTree>> open(std::string_view url, const client::S3Options& options,
                                                              const std::string& first);

  Result<std::optional<WalkEntry>> next() override;
  bool restart() override;
  bool is_single() const override { return single_.has_value(); }
  std::optional<State> state(const WalkEntry& entry) override;
  int64_t problem_time(const WalkEntry& /*entry*/) override { return 0; }
  Result<std::unique_ptr<ByteStream>> open(const WalkEntry& entry) override;
  std::string flags(const WalkEntry& entry) const override;
  std::optional<uint64_t> count_bytes() override;
  uint64_t bytes_read() const override { return bytes_read_; }

 private:
  S3Tree(client::S3Location root, std::shared_ptr<client::S3> s3, std::string first)
      : root_(std::move(root)), s3_(std::move(s3)), first_(std::move(first)) {}
  Status list_page();

  const client::S3Location root_;
  const std::shared_ptr<client::S3> s3_;
  const std::string first_;
  std::optional<client::S3Object> single_;
  std::deque<client::S3Object> page_;
  client::S3Object current_;  // what next() gave last
  std::string token_;
  bool is_begun_ = false;
  bool is_ended_ = false;
  std::atomic<uint64_t> bytes_read_{0};
};

}  // namespace custos::source
