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

FileReading::FileReading(Window& window, const SourceOptions& options, LogicalFile file,
                         std::unique_ptr<ByteStream> stream, const FilePart& part, const PartStates& before)
    : window_(window), name_(part_state_name(part)), part_(part) {
  const uint64_t size = stream->size().value_or(0);
  stream_ = std::make_unique<PartStream>(std::move(stream), part.end);
  window_.open(*stream_, 0);
  open_ = open_reader(window_, std::move(file), ReadContext{options, 0, &expansion_});
  note_file(size);
  start_part(before);
}

void FileReading::note_file(uint64_t size) {
  const std::string_view head = window_.view().substr(0, kHeadBytes);
  state_.size = size;
  state_.modified_ns = stream_->modified_ns();
  state_.head_bytes = head.size();
  state_.head_hash = hash64(head);
}

void FileReading::start(const std::optional<FileState>& before) {
  note_file(stream_->size().value_or(0));
  if (!before) return;
  state_.generation = before->generation;
  if (is_same(*before) || has_grown(*before)) {
    continue_from(*before);
  } else {
    ++state_.generation;
  }
}

// All parts of a file must agree on its generation, in whatever order they are read: the first one's state decides, as
// it was and as it will be.
void FileReading::start_part(const PartStates& before) {
  if (const auto& known = before.first ? before.first : before.own) {
    state_.generation = known->generation + (is_version(*known) ? 0 : 1);
  }
  const bool goes_on = before.own && before.own->generation == state_.generation && !is_counted(*before.own) &&
                       before.own->resume > part_->begin;
  if (goes_on) {
    continue_from(*before.own);
    is_read_ = window_.at_end() && !window_.failure();
    return;
  }
  if (part_->begin == 0) return;
  has_moved_ = !begins_piece(part_->begin);
}

bool FileReading::begins_piece(uint64_t at) {
  if (!open_.resumes_at_byte || !window_.seek(at - 1)) return false;
  const size_t needed = 1 + open_.piece_begins_with.size();
  if (!window_.fill_to(needed) || window_.view().front() != '\n') return false;
  window_.consume(1);
  return window_.view().starts_with(open_.piece_begins_with);
}

bool FileReading::has_head_of(const FileState& before) const {
  const std::string_view view = window_.view();
  return view.size() >= before.head_bytes && hash64(view.substr(0, before.head_bytes)) == before.head_hash;
}

bool FileReading::is_version(const FileState& before) const {
  const bool is_it = before.size == state_.size && before.modified_ns == state_.modified_ns;
  return (is_it || before.size < state_.size) && has_head_of(before);
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
  if (auto piece = is_read_ ? std::nullopt : open_.reader->next()) {
    ++pieces_;
    const auto end = std::visit([](const auto& what) { return what.place.end; }, piece->what);
    state_.resume = open_.resumes_at_byte ? end : kCounted | pieces_;
    done_ = piece->ends_logical_file && !open_.is_container;
    // Where a part ends, another one begins.
    item.ends_logical_file = piece->ends_logical_file && (!part_ || part_->end == 0);
    std::visit([&](auto& what) { item.what = std::move(what); }, piece->what);
  } else {
    done_ = true;
  }
  // The first part's state is its file's, which goes on behind it.
  state_.complete = done_ && (!part_ || part_->begin > 0 || part_->end == 0);
  if (done_) state_.modified_ns = stream_->modified_ns();  // a stream that failed may say that it is to be read again
  item.state = state_;
  return item;
}

}  // namespace custos::source
