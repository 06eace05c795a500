#include "source/container/container_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "source/maildir/maildir.h"

namespace custos::source {
namespace {

constexpr uint64_t kRatioCheckedFrom = 64ULL << 20;

}  // namespace

bool MemberStream::exceeds(uint64_t expanded, uint64_t compressed) const {
  if (expanded > options_.expanded_bytes_max) return true;
  return expanded > kRatioCheckedFrom && expanded / options_.expansion_ratio_max > std::max<uint64_t>(compressed, 1);
}

Result<size_t> MemberStream::read(std::span<char> buffer) {
  auto count = archive_.read(buffer);
  if (!count.ok()) return count;
  expanded_ += *count;
  total_.expanded += *count;
  const uint64_t outermost = total_.outermost == nullptr ? 0 : total_.outermost->consumed();
  if (!exceeds(expanded_, archive_.consumed()) && !exceeds(total_.expanded, outermost)) return count;
  stopped_ = true;
  return Error{Code::kLimit,
               fmt::format("the container grows too much: {} bytes from {}", expanded_, archive_.consumed())};
}

ContainerReader::ContainerReader(Window& window, LogicalFile file, const ReadContext& context)
    : input_(window), file_(std::move(file)), context_(context), window_(window_capacity(context.options)) {
  ++context_.depth;
}

ContainerReader::~ContainerReader() {
  if (archive_ && context_.expansion->outermost == archive_.get()) context_.expansion->outermost = nullptr;
}

std::optional<Piece> ContainerReader::next() {
  while (!done_) {
    if (!reader_) {
      if (auto piece = advance()) return piece;
      continue;
    }
    if (auto piece = reader_->next()) return piece;
    reader_.reset();
    done_ = archive_->broken() || stream_->stopped();
  }
  return std::nullopt;
}

Piece ContainerReader::end(std::string reason, bool failed) {
  done_ = true;
  return ending(skipped(file_.path, 0, 0, std::move(reason), failed));
}

std::optional<Piece> ContainerReader::advance() {
  if (!archive_) {
    auto archive = Archive::open(input_);
    if (!archive.ok()) return end(archive.error().message, true);
    archive_ = std::move(*archive);
    if (context_.depth == 1) *context_.expansion = {0, archive_.get()};
    stream_ = std::make_unique<MemberStream>(*archive_, context_.options, *context_.expansion);
  }
  auto member = archive_->next();
  if (!member.ok()) return end(member.error().message, true);
  if (member->has_value()) return begin(**member);
  done_ = true;
  if (members_ > 0) return std::nullopt;
  return end("a container without files", false);
}

std::optional<Piece> ContainerReader::begin(const Member& member) {
  if (member.type == Member::Type::kFolder) return std::nullopt;
  ++members_;
  LogicalFile inner = file_;
  if (member.type == Member::Type::kUnnamed) {
    read_member(std::move(inner));
    return std::nullopt;
  }
  inner.is_source = false;
  inner.path = member_path(member);
  inner.flags = maildir_flags(inner.path);
  inner.expectation = expectation_of(inner.path);
  if (member.type == Member::Type::kOther) {
    return ending(skipped(inner.path, 0, 0, "a link in a container is not followed", false));
  }
  if (member.encrypted) return ending(skipped(inner.path, 0, member.size, "encrypted", true));
  read_member(std::move(inner));
  return std::nullopt;
}

void ContainerReader::read_member(LogicalFile member) {
  window_.open(*stream_, 0);
  reader_ = open_reader(window_, std::move(member), context_).reader;
}

std::string ContainerReader::member_path(const Member& member) {
  std::string name = names_.claim(safe_member_name(member.name));
  return file_.is_source ? name : file_.path + "/" + name;
}

}  // namespace custos::source
