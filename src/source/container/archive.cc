#include "source/container/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace custos::source {
namespace {

constexpr int kRetriesMax = 16;
constexpr size_t kTarBlock = 512;

void enable(archive* handle) {
  archive_read_support_filter_gzip(handle);
  archive_read_support_filter_bzip2(handle);
  archive_read_support_filter_xz(handle);
  archive_read_support_filter_zstd(handle);
  archive_read_support_format_tar(handle);
  archive_read_support_format_zip(handle);
  archive_read_support_format_raw(handle);
  archive_read_support_format_empty(handle);
}

std::string name_of(archive_entry* entry) {
  if (const char* name = archive_entry_pathname_utf8(entry)) return name;
  if (const char* name = archive_entry_pathname(entry)) return name;
  return {};
}

Member::Type type_of(archive* handle, archive_entry* entry) {
  if (archive_format(handle) == ARCHIVE_FORMAT_RAW) return Member::Type::kUnnamed;
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_utf8(entry) != nullptr) {
    return Member::Type::kOther;
  }
  const auto type = archive_entry_filetype(entry);
  if (type == AE_IFDIR) return Member::Type::kFolder;
  return type == AE_IFREG || type == 0 ? Member::Type::kFile : Member::Type::kOther;
}

}  // namespace

void Archive::Free::operator()(archive* handle) const { archive_read_free(handle); }

Archive::~Archive() = default;

Result<std::unique_ptr<Archive>> Archive::open(Window& input) {
  std::unique_ptr<Archive> self(new Archive(input));
  self->handle_.reset(archive_read_new());
  archive* handle = self->handle_.get();
  if (handle == nullptr) return Error{Code::kLimit, "no memory to unpack"};
  enable(handle);
  archive_read_set_callback_data(handle, self.get());
  archive_read_set_read_callback(handle, read_block);
  if (input.stream_size() && input.offset() == 0) archive_read_set_seek_callback(handle, seek);
  if (archive_read_open1(handle) != ARCHIVE_OK) return self->error();
  return self;
}

Error Archive::error() const {
  if (input_.failure()) return *input_.failure();
  const char* text = archive_error_string(handle_.get());
  return {Code::kCorrupt, fmt::format("cannot unpack behind byte {} of the container: {}", consumed(),
                                      text == nullptr ? "unknown form" : text)};
}

uint64_t Archive::consumed() const { return static_cast<uint64_t>(archive_filter_bytes(handle_.get(), -1)); }

// libarchive takes a tar that is cut between two members for a whole one.
bool Archive::lacks_end_mark() const {
  const bool is_tar = (archive_format(handle_.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
  return is_tar && archive_filter_code(handle_.get(), 0) == ARCHIVE_FILTER_NONE && saw_end_ && !tail_is_zero_;
}

Result<std::optional<Member>> Archive::next() {
  archive_entry* entry = nullptr;
  int status = ARCHIVE_RETRY;
  for (int tries = 0; status == ARCHIVE_RETRY && tries < kRetriesMax; ++tries) {
    status = archive_read_next_header(handle_.get(), &entry);
  }
  if (status == ARCHIVE_EOF && !input_.failure()) {
    if (!lacks_end_mark()) return std::optional<Member>();
    return Error{Code::kCorrupt, fmt::format("truncated: no end mark at byte {} of the tar", consumed())};
  }
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
    broken_ = true;
    return error();
  }
  Member member;
  member.type = type_of(handle_.get(), entry);
  member.name = name_of(entry);
  member.encrypted = archive_entry_is_encrypted(entry) != 0;
  member.size = archive_entry_size_is_set(entry) != 0 ? static_cast<uint64_t>(archive_entry_size(entry)) : 0;
  return std::optional<Member>(std::move(member));
}

Result<size_t> Archive::read(std::span<char> buffer) {
  if (broken_) return Error{Code::kCorrupt, "the container is broken"};
  la_ssize_t count = ARCHIVE_RETRY;
  for (int tries = 0; count == ARCHIVE_RETRY && tries < kRetriesMax; ++tries) {
    count = archive_read_data(handle_.get(), buffer.data(), buffer.size());
  }
  if (count >= 0) return static_cast<size_t>(count);
  broken_ = count == ARCHIVE_FATAL;
  return error();
}

long Archive::read_block(archive* handle, void* data, const void** block) {
  auto& self = *static_cast<Archive*>(data);
  self.input_.consume(self.given_);
  self.given_ = 0;
  if (self.input_.at_end()) {
    self.saw_end_ = true;
    if (!self.input_.failure()) return 0;
    archive_set_error(handle, EIO, "%s", self.input_.failure()->message.c_str());
    return ARCHIVE_FATAL;
  }
  const std::string_view view = self.input_.view();
  const std::string_view tail = view.substr(view.size() - std::min(view.size(), kTarBlock));
  self.tail_is_zero_ = tail.find_first_not_of('\0') == tail.npos;
  self.given_ = view.size();
  *block = view.data();
  return static_cast<long>(view.size());
}

int64_t Archive::seek(archive* /*handle*/, void* data, int64_t offset, int whence) {
  auto& self = *static_cast<Archive*>(data);
  const int64_t size = static_cast<int64_t>(self.input_.stream_size().value_or(0));
  if (whence == SEEK_END) offset += size;
  if (whence == SEEK_CUR) offset += static_cast<int64_t>(self.input_.offset() + self.given_);
  self.given_ = 0;
  if (offset < 0 || offset > size || !self.input_.seek(static_cast<uint64_t>(offset))) return ARCHIVE_FATAL;
  return offset;
}

}  // namespace custos::source
