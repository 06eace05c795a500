#include "store/storage/s3_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/file.h"

namespace custos::store {
namespace {

constexpr size_t kComparedBytes = 4 << 20;  // at once

}  // namespace

S3Objects::S3Objects(client::S3Location root, std::unique_ptr<client::S3> s3, S3Keep keep)
    : root_(std::move(root)), place_(root_.url()), s3_(std::move(s3)), keep_(std::move(keep)) {}

Result<std::unique_ptr<S3Objects>> S3Objects::open(const std::string& url, const client::S3Options& options,
                                                   S3Keep keep) {
  ASSIGN_OR_RETURN(client::S3Location root, client::S3Location::parse(url));
  if (!root.key.empty() && !root.key.ends_with('/')) root.key += '/';
  ASSIGN_OR_RETURN(auto s3, client::S3::open(options));
  return std::unique_ptr<S3Objects>(new S3Objects(std::move(root), std::move(s3), std::move(keep)));
}

client::S3Location S3Objects::at(const std::string& name) const { return {root_.bucket, root_.key + name}; }

Status S3Objects::put(const std::string& name, const std::filesystem::path& file) {
  client::S3PutOptions options;
  options.only_new = true;
  if (keep_.days != 0 && name.starts_with(keep_.prefix)) {
    const auto until = std::chrono::system_clock::now() + std::chrono::days(keep_.days);
    options.lock = {keep_.mode, std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count()};
  }
  const auto put = s3_->put_file(at(name), file, options);
  if (put.ok()) return {};
  return put.error().code == Code::kConflict ? compare(name, file) : Status(put.error());
}

Status S3Objects::compare(const std::string& name, const std::filesystem::path& file) const {
  const Error other{Code::kConflict, fmt::format("{}{} exists already, with other bytes", place_, name)};
  ASSIGN_OR_RETURN(File ours, File::open_read(file));
  ASSIGN_OR_RETURN(const uint64_t bytes, ours.size());
  ASSIGN_OR_RETURN(const uint64_t there, size(name));
  if (there != bytes) return other;
  std::string mine(kComparedBytes, '\0');
  std::string theirs(kComparedBytes, '\0');
  for (uint64_t offset = 0; offset < bytes; offset += kComparedBytes) {
    const auto count = static_cast<size_t>(std::min<uint64_t>(kComparedBytes, bytes - offset));
    RETURN_IF_ERROR(ours.read_at(offset, std::span(mine).first(count)));
    RETURN_IF_ERROR(read(name, offset, std::span(theirs).first(count)));
    if (std::string_view(mine).substr(0, count) != std::string_view(theirs).substr(0, count)) return other;
  }
  return {};
}

Status S3Objects::get(const std::string& name, const std::filesystem::path& file) const {
  return s3_->download(at(name), file);
}

Status S3Objects::read(const std::string& name, uint64_t offset, std::span<char> bytes) const {
  if (bytes.empty()) return {};
  ASSIGN_OR_RETURN(const std::string got, s3_->get_range(at(name), {offset, offset + bytes.size()}));
  if (got.size() != bytes.size()) {
    return Error{Code::kCorrupt, fmt::format("{}{} ends at byte {}", place_, name, offset + got.size())};
  }
  std::ranges::copy(got, bytes.begin());
  return {};
}

Result<uint64_t> S3Objects::size(const std::string& name) const {
  ASSIGN_OR_RETURN(const client::S3Object object, s3_->head(at(name)));
  return object.size;
}

Status S3Objects::remove(const std::string& name) { return s3_->remove(at(name)); }

Status S3Objects::list(const std::string& prefix, const Visitor& visit) const {
  client::S3ListFrom from;
  do {
    ASSIGN_OR_RETURN(client::S3Page page, s3_->list(at(prefix), from));
    for (const client::S3Object& object : page.objects) {
      RETURN_IF_ERROR(visit(object.key.substr(root_.key.size()), object.size));
    }
    from.token = std::move(page.next);
  } while (!from.token.empty());
  return {};
}

}  // namespace custos::store
