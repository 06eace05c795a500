#include "source/folder/file_reading.h"

#include <algorithm>

#include "base/digest.h"

namespace custos::source {
namespace {

constexpr size_t kHeadBytes = 4096;
constexpr uint64_t kCounted = 1ULL << 62;  // in FileState::resume: a count of pieces, not a byte

bool is_counted(const FileState& state) { return (state.resume & kCounted) != 0; }

}  // namespace

FileState state_of_problem(int64_t modified_ns, const std::optional<FileState>& before) {
  FileState state;
  state.modified_ns = modified_ns;
  state.head_hash = hash64({});
  state.resume = kCounted | 1;
  state.complete = true;
  if (!before) return state;
  state.generation = before->generation;
  if (state != *before) ++state.generation;
  return state;
}

FileReading::FileReading(Window& window, const SourceOptions& options, LogicalFile file,
                         std::unique_ptr<ByteStream> stream, const std::optional<FileState>& before)
    : window_(window), name_(file.path), stream_(std::move(stream)) {
  window_.open(*stream_, 0);
  open_ = open_reader(window_, std::move(file), ReadContext{options, 0, &expansion_});
  start(before);
}

void FileReading::start(const std::optional<FileState>& before) {
  const std::string_view head = window_.view().substr(0, kHeadBytes);
  state_.size = stream_->size().value_or(0);
  state_.modified_ns = stream_->modified_ns();
  state_.head_bytes = head.size();
  state_.head_hash = hash64(head);
  if (!before) return;
  state_.generation = before->generation;
  if (is_same(*before) || has_grown(*before)) {
    continue_from(*before);
  } else {
    ++state_.generation;
  }
}

bool FileReading::has_head_of(const FileState& before) const {
  const std::string_view view = window_.view();
  return view.size() >= before.head_bytes && hash64(view.substr(0, before.head_bytes)) == before.head_hash;
}

bool FileReading::is_same(const FileState& before) const {
  return !before.complete && before.size == state_.size && before.modified_ns == state_.modified_ns &&
         has_head_of(before) && is_counted(before) != open_.resumes_at_byte;
}

bool FileReading::has_grown(const FileState& before) const {
  return open_.resumes_at_byte && !is_counted(before) && before.resume <= before.size && before.size < state_.size &&
         has_head_of(before);
}

void FileReading::continue_from(const FileState& before) {
  if (is_counted(before)) {
    const uint64_t count = before.resume & ~kCounted;
    while (pieces_ < count && open_.reader->next()) ++pieces_;
    return;
  }
  if (before.resume == 0) return;
  if (!window_.seek(before.resume)) window_.skip(before.resume);
  open_.reader->continue_here();
}

std::optional<Item> FileReading::next() {
  if (done_) return std::nullopt;
  Item item;
  item.file = name_;
  if (auto piece = open_.reader->next()) {
    ++pieces_;
    const auto end = std::visit([](const auto& what) { return what.place.end; }, piece->what);
    state_.resume = open_.resumes_at_byte ? end : kCounted | pieces_;
    done_ = piece->ends_logical_file && !open_.is_container;
    item.ends_logical_file = piece->ends_logical_file;
    std::visit([&](auto& what) { item.what = std::move(what); }, piece->what);
  } else {
    done_ = true;
  }
  state_.complete = done_;
  if (done_) state_.modified_ns = stream_->modified_ns();  // a stream that failed may say that it is to be read again
  item.state = state_;
  return item;
}

}  // namespace custos::source
