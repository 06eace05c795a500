#include "source/folder/file_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "source/folder/logical_file.h"
#include "source/reader/open_reader.h"

namespace custos::source {
namespace {

// Two slashes, as in no path on a disk.
constexpr std::string_view kMark = "//part=";

// A piece is told from what only looks like one by those before it: bodies whose length their headers tell.
constexpr uint64_t kRunUp = 4U << 20;

std::optional<uint64_t> number(std::string_view text) {
  uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The first piece that begins at `at` or behind it; nothing where none does.
std::optional<uint64_t> next_piece(Reader& reader, uint64_t at) {
  while (auto piece = reader.next()) {
    const uint64_t begin = std::visit([](const auto& what) { return what.place.begin; }, piece->what);
    if (begin >= at) return begin;
    if (piece->ends_logical_file) break;
  }
  return std::nullopt;
}

}  // namespace

std::string part_name(const FilePart& part) {
  return fmt::format("{}{}{}-{}", part.file, kMark, part.begin, part.end == 0 ? "" : fmt::to_string(part.end));
}

std::string part_state_name(const FilePart& part) {
  return part.begin == 0 ? part.file : part_name({part.file, part.begin, 0});
}

std::optional<FilePart> part_of_name(std::string_view name) {
  const size_t mark = name.rfind(kMark);
  if (mark == name.npos || mark == 0) return std::nullopt;
  const std::string_view range = name.substr(mark + kMark.size());
  const size_t dash = std::min(range.find('-'), range.size());
  const auto begin = number(range.substr(0, dash));
  if (!begin || dash == range.size()) return std::nullopt;
  FilePart part{std::string(name.substr(0, mark)), *begin, 0};
  if (dash + 1 == range.size()) return part;
  const auto end = number(range.substr(dash + 1));
  if (!end || *end <= *begin) return std::nullopt;
  part.end = *end;
  return part;
}

std::vector<uint64_t> find_cuts(FileTree& tree, const WalkEntry& entry, const SourceOptions& options,
                                uint64_t part_bytes) {
  std::vector<uint64_t> cuts;
  const auto state = tree.state(entry);
  if (!entry.problem.empty() || !state || part_bytes == 0 || state->size <= part_bytes) return cuts;
  const auto opened = tree.open(entry);
  if (!opened.ok()) return cuts;
  ByteStream* const stream = opened->get();
  Window window(window_capacity(options));
  Expansion expansion;
  uint64_t at = part_bytes;
  while (at < state->size) {
    if (!stream->seek(0)) return cuts;
    window.open(*stream, 0);
    OpenReader open = open_reader(window, logical_file(tree, entry, options), {options, 0, &expansion});
    if (!open.resumes_at_byte) return cuts;
    const uint64_t from = std::max(at - std::min(at, kRunUp), cuts.empty() ? 0 : cuts.back());
    if (from > 0) {
      if (!window.seek(from)) return cuts;
      open.reader->continue_here();
    }
    const auto cut = next_piece(*open.reader, at);
    if (window.failure()) return {};
    if (!cut) return cuts;
    cuts.push_back(*cut);
    at = (*cut / part_bytes + 1) * part_bytes;
  }
  return cuts;
}

Result<size_t> PartStream::read(std::span<char> buffer) {
  if (end_ > 0) buffer = buffer.first(std::min<uint64_t>(buffer.size(), end_ - std::min(end_, offset_)));
  if (buffer.empty()) return size_t{0};
  ASSIGN_OR_RETURN(const size_t count, whole_->read(buffer));
  offset_ += count;
  return count;
}

std::optional<uint64_t> PartStream::size() const {
  const auto whole = whole_->size();
  return whole && end_ > 0 ? std::min(*whole, end_) : whole;
}

bool PartStream::seek(uint64_t offset) {
  if (!whole_->seek(offset)) return false;
  offset_ = offset;
  return true;
}

}  // namespace custos::source
