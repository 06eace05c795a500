#include "index/vector/vector_map.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "index/file/little_endian.h"

namespace custos::index {
namespace {

constexpr float kScaleMax = 1.001F / 127;  // of a vector of length 1

}  // namespace

Error VectorMap::corrupt(uint64_t offset, std::string_view what) const {
  return {Code::kCorrupt, fmt::format("{} at byte {}: {}; `custos rebuild --embeddings` makes it anew",
                                      file_.path().string(), offset, what)};
}

Result<VectorMap> VectorMap::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(MappedFile file, MappedFile::open(path));
  VectorMap map(std::move(file));
  RETURN_IF_ERROR(map.read_header());
  RETURN_IF_ERROR(map.read_footer());
  RETURN_IF_ERROR(map.read_groups());
  return map;
}

Status VectorMap::read_header() {
  const std::string_view bytes = file_.bytes();
  if (bytes.size() < kVectorHeaderBytes + kVectorFooterBytes || !bytes.starts_with(kVectorMagic)) {
    return corrupt(0, "not a file of vectors");
  }
  if (const auto version = number_at<uint32_t>(bytes, 8); version != kVectorVersion) {
    return Error{Code::kUnsupported, fmt::format("{} has version {} of the format; this build reads version {}",
                                                 file_.path().string(), version, kVectorVersion)};
  }
  const auto width = number_at<uint32_t>(bytes, 12);
  const auto model_bytes = number_at<uint32_t>(bytes, 16);
  groups_begin_ = aligned(kVectorHeaderBytes + uint64_t{model_bytes});
  if (width == 0 || width > kVectorWidthMax || model_bytes > kModelBytesMax ||
      groups_begin_ + kVectorFooterBytes > bytes.size()) {
    return corrupt(8, "the header is damaged");
  }
  model_ = bytes.substr(kVectorHeaderBytes, model_bytes);
  if (vector_header(width, model_) != bytes.substr(0, groups_begin_)) return corrupt(8, "the header is damaged");
  layout_ = VectorLayout(width);
  full_group_bytes_ = layout_.group(layout_.per_group).bytes;
  return {};
}

Status VectorMap::read_footer() {
  const std::string_view bytes = file_.bytes();
  const uint64_t at = bytes.size() - kVectorFooterBytes;
  vectors_ = number_at<uint32_t>(bytes, at);
  const uint64_t groups = (uint64_t{vectors_} + layout_.per_group - 1) / layout_.per_group;
  const std::string expected =
      vector_footer(vectors_, static_cast<uint32_t>(groups), hash64(bytes.substr(0, groups_begin_)));
  if (bytes.substr(at) != expected) return corrupt(at, "the footer is damaged, or the file was cut");
  if (groups_begin_ + layout_.bytes_of(vectors_) != at) {
    return corrupt(at, fmt::format("{} vectors do not fill the file", vectors_));
  }
  last_rows_.resize(groups);
  return {};
}

Status VectorMap::read_groups() {
  soundness_ = std::make_unique<std::atomic<Soundness>[]>(size_t{blocks()} * 2);
  for (uint32_t at = 0; at < groups(); ++at) RETURN_IF_ERROR(check_group(at));
  return {};
}

Status VectorMap::check_group(uint32_t group_number) {
  const GroupLayout layout = group_layout(group_number);
  const uint64_t begin = group_offset(group_number);
  const std::string_view checked = file_.bytes().substr(begin + layout.scales, layout.sum - layout.scales);
  if (hash64(checked, group_number) != number_at<uint64_t>(file_.bytes(), begin + layout.sum)) {
    return corrupt(begin + layout.scales, "scales or rows differ from their checksum");
  }
  const std::string_view padding =
      file_.bytes().substr(begin + layout.sum + sizeof(uint64_t), layout.bytes - layout.sum - sizeof(uint64_t));
  if (padding.find_first_not_of('\0') != std::string_view::npos) {
    return corrupt(begin + layout.sum + sizeof(uint64_t), "padding is not empty");
  }
  const VectorGroup group = this->group(group_number);
  const auto is_scale = [](float scale) { return scale >= 0 && scale <= kScaleMax; };
  if (!std::all_of(group.scales.begin(), group.scales.end(), is_scale)) {
    return corrupt(begin + layout.scales, "a scale is out of bounds");
  }
  const uint32_t row_before = group_number == 0 ? 0 : last_rows_[group_number - 1];
  if (group.rows.front() < row_before || !std::is_sorted(group.rows.begin(), group.rows.end())) {
    return corrupt(begin + layout.rows, "rows do not ascend");
  }
  last_rows_[group_number] = group.rows.back();
  return {};
}

GroupLayout VectorMap::group_layout(uint32_t group) const {
  return layout_.group(std::min(layout_.per_group, vectors_ - group * layout_.per_group));
}

VectorGroup VectorMap::group(uint32_t group) const {
  const GroupLayout layout = group_layout(group);
  const char* const begin = file_.bytes().data() + group_offset(group);
  return {group * layout_.per_group,
          reinterpret_cast<const int8_t*>(begin),
          reinterpret_cast<const int8_t*>(begin + layout.residuals),
          {reinterpret_cast<const float*>(begin + layout.scales), layout.vectors},
          {reinterpret_cast<const uint32_t*>(begin + layout.rows), layout.vectors}};
}

uint32_t VectorMap::group_with_row(uint32_t row, uint32_t from) const {
  const auto found = std::lower_bound(last_rows_.begin() + from, last_rows_.end(), row);
  return static_cast<uint32_t>(found - last_rows_.begin());
}

uint32_t VectorMap::blocks() const {
  return static_cast<uint32_t>((uint64_t{vectors_} + layout_.per_block - 1) / layout_.per_block);
}

VectorMap::Block VectorMap::block(Plane plane, uint32_t block) const {
  const uint32_t group = block / kVectorBlocksPerGroup;
  const uint32_t within = block % kVectorBlocksPerGroup;
  const GroupLayout layout = group_layout(group);
  const uint32_t first = within * layout_.per_block;
  const bool residuals = plane == Plane::kResiduals;
  Block found;
  found.offset = group_offset(group) + (residuals ? layout.residuals : 0) + uint64_t{first} * layout_.stride;
  found.bytes =
      file_.bytes().substr(found.offset, size_t{std::min(layout_.per_block, layout.vectors - first)} * layout_.stride);
  const uint64_t sum = (residuals ? layout.blocks : 0) + within;
  found.sum = number_at<uint64_t>(file_.bytes(), group_offset(group) + layout.sums + sum * sizeof(uint64_t));
  return found;
}

bool VectorMap::is_sound(Plane plane, uint32_t number) const {
  std::atomic<Soundness>& known = soundness_[block_seed(plane, number)];
  Soundness soundness = known.load(std::memory_order_relaxed);
  if (soundness == Soundness::kUnknown) {
    const Block found = block(plane, number);
    const bool sound = hash64(found.bytes, block_seed(plane, number)) == found.sum;
    soundness = sound ? Soundness::kSound : Soundness::kDamaged;
    known.store(soundness, std::memory_order_relaxed);
  }
  return soundness == Soundness::kSound;
}

Status VectorMap::damage() const {
  for (size_t at = 0; at < size_t{blocks()} * 2; ++at) {
    if (soundness_[at].load(std::memory_order_relaxed) != Soundness::kDamaged) continue;
    const Block found = block(static_cast<Plane>(at % 2), static_cast<uint32_t>(at / 2));
    return corrupt(found.offset, fmt::format("{} bytes of vectors differ from their checksum", found.bytes.size()));
  }
  return {};
}

Status VectorMap::check() const {
  for (uint32_t number = 0; number < blocks(); ++number) {
    for (const Plane plane : {Plane::kCodes, Plane::kResiduals}) {
      const Block found = block(plane, number);
      if (hash64(found.bytes, block_seed(plane, number)) != found.sum) {
        soundness_[block_seed(plane, number)].store(Soundness::kDamaged, std::memory_order_relaxed);
      }
    }
  }
  return damage();
}

}  // namespace custos::index
