#include "stage/redact/scan/announcement.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace custos::stage {
namespace {

bool is_alphanumeric(char byte) {
  return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

ByteSet set_of(std::string_view bytes) {
  ByteSet set;
  for (const char byte : bytes) set.set(static_cast<uint8_t>(byte));
  return set;
}

bool has_only_alphanumerics(const PatternNode& node) {
  for (size_t byte = 0; byte < node.bytes.size(); ++byte) {
    if (node.bytes[byte] && !is_alphanumeric(static_cast<char>(byte))) return false;
  }
  return std::all_of(node.children.begin(), node.children.end(), has_only_alphanumerics);
}

// The marks that announce.
uint64_t marks_of(const MarkBlock& block, Announcement by) {
  if (by == Announcement::kDigit) return block.digits;
  return by == Announcement::kColon ? block.colons : block.signs;
}

uint64_t near_marks(const TextMarks& marks, const Announced& announced, size_t index) {
  const uint64_t here = marks_of(marks.block(index), announced.by);
  if (announced.bytes_before < TextMarks::kBlockBytes) {
    const uint64_t next = marks_of(marks.block(index + 1), announced.by);
    return (here | next) == 0 ? 0 : reaching(here, next, announced.bytes_before);
  }
  const size_t last = index + announced.bytes_before / TextMarks::kBlockBytes + 1;
  uint64_t any = here;
  for (size_t i = index + 1; i <= last && any == 0; ++i) any = marks_of(marks.block(i), announced.by);
  return any == 0 ? 0 : ~uint64_t{0};
}

}  // namespace

std::optional<Announced> announced_by(const PatternNode& node, bool of_words) {
  struct Option {
    Announcement by;
    std::string_view bytes;
  };
  static constexpr std::array<Option, 3> kOptions = {
      {{Announcement::kDigit, "0123456789"}, {Announcement::kColon, ":"}, {Announcement::kSign, ":-."}}};
  for (const Option& option : kOptions) {
    const ByteSet set = set_of(option.bytes);
    if (always_has(node, set)) return Announced{option.by, bytes_before(node, set)};
  }
  if (of_words && least_size(node) >= kLongWordMin && has_only_alphanumerics(node)) {
    return Announced{Announcement::kLongWord, 0};
  }
  return std::nullopt;
}

uint64_t possible_starts(const TextMarks& marks, const Announced& announced, size_t index) {
  if (announced.by != Announcement::kLongWord) return near_marks(marks, announced, index);
  return beginning_runs(marks.block(index).alphanumerics, marks.block(index + 1).alphanumerics, kLongWordMin);
}

}  // namespace custos::stage
