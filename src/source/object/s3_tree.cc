#include "source/object/s3_tree.h"

#include <fmt/format.h>

#include <utility>

#include "source/maildir/maildir.h"
#include "source/object/s3_stream.h"

namespace custos::source {
namespace {

// "a/b.eml" is behind "a/b.em" and nothing else: what start-after must say to begin with it.
std::string just_before(std::string key) {
  if (key.empty()) return key;
  if (key.back() == '\0') {
    key.pop_back();
    return key;
  }
  key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) - 1);
  return key;
}

}  // namespace

Result<std::unique_ptr<FileTree>> S3Tree::open(std::string_view url, const client::S3Options& options,
                                               const std::string& first) {
  ASSIGN_OR_RETURN(client::S3Location root, client::S3Location::parse(url));
  ASSIGN_OR_RETURN(std::shared_ptr<client::S3> s3, client::S3::open(options));
  std::optional<client::S3Object> single;
  if (!root.key.empty() && !root.key.ends_with('/')) {
    auto object = s3->head(root);
    if (object.ok()) single = std::move(object).value();
    if (!object.ok() && object.error().code != Code::kNotFound) return object.error();
    if (!single) root.key += '/';
  }
  std::unique_ptr<S3Tree> tree(new S3Tree(std::move(root), std::move(s3), first));
  tree->single_ = std::move(single);
  if (tree->single_) return std::unique_ptr<FileTree>(std::move(tree));
  RETURN_IF_ERROR(tree->list_page());
  if (tree->page_.empty() && first.empty()) {
    return Error{Code::kNotFound, fmt::format("there is no object {}, and none below it", url)};
  }
  return std::unique_ptr<FileTree>(std::move(tree));
}

Status S3Tree::list_page() {
  client::S3ListFrom from;
  from.token = token_;
  // From just before the first one: what comes in between is left out.
  if (!is_begun_ && !first_.empty()) from.start_after = just_before(root_.key + first_);
  ASSIGN_OR_RETURN(client::S3Page page, s3_->list(root_, from));
  is_begun_ = true;
  for (client::S3Object& object : page.objects) {
    object.key.erase(0, root_.key.size());
    if (object.key.empty() || object.key < first_) continue;  // the prefix itself, as some programs make it
    page_.push_back(std::move(object));
  }
  token_ = std::move(page.next);
  is_ended_ = token_.empty();
  return {};
}

Result<std::optional<WalkEntry>> S3Tree::next() {
  if (single_) {
    std::optional<WalkEntry> only;
    if (!std::exchange(is_ended_, true)) only.emplace().path = root_.key.substr(root_.key.rfind('/') + 1);
    current_ = *single_;
    return only;
  }
  while (page_.empty() && !is_ended_) RETURN_IF_ERROR(list_page());
  if (page_.empty()) return std::optional<WalkEntry>();
  current_ = std::move(page_.front());
  page_.pop_front();
  std::optional<WalkEntry> entry(std::in_place);
  entry->path = current_.key;
  entry->is_delivered = is_in_maildir(entry->path);
  return entry;
}

bool S3Tree::restart() {
  page_.clear();
  token_.clear();
  is_begun_ = is_ended_ = false;
  if (!single_) return true;
  auto object = s3_->head(root_);
  if (object.ok()) single_ = std::move(object).value();
  return true;
}

std::optional<FileTree::State> S3Tree::state(const WalkEntry& /*entry*/) {
  return State{current_.size, modified_ns_of(current_)};
}

Result<std::unique_ptr<ByteStream>> S3Tree::open(const WalkEntry& /*entry*/) {
  client::S3Location at = root_;
  if (!single_) at.key += current_.key;
  return std::unique_ptr<ByteStream>(std::make_unique<S3Stream>(s3_, std::move(at), current_, bytes_read_));
}

std::string S3Tree::flags(const WalkEntry& entry) const { return maildir_flags(entry.path); }

std::optional<uint64_t> S3Tree::count_bytes() {
  return single_ ? std::optional(single_->size) : std::nullopt;  // listing all beforehand would cost as much again
}

}  // namespace custos::source
