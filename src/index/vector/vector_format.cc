#include "index/vector/vector_format.h"

#include <algorithm>

#include "base/digest.h"
#include "index/file/little_endian.h"

namespace custos::index {

VectorLayout::VectorLayout(uint32_t width_)
    : width(width_),
      stride(static_cast<uint32_t>(aligned(width_))),
      per_block(kVectorBlockBytes / stride),
      per_group(per_block * kVectorBlocksPerGroup) {}

GroupLayout VectorLayout::group(uint32_t vectors) const {
  GroupLayout layout;
  layout.vectors = vectors;
  layout.blocks = (vectors + per_block - 1) / per_block;
  layout.residuals = uint64_t{vectors} * stride;
  layout.scales = layout.residuals * 2;
  layout.rows = layout.scales + uint64_t{vectors} * sizeof(float);
  layout.sums = layout.rows + uint64_t{vectors} * sizeof(uint32_t);
  layout.sum = layout.sums + uint64_t{layout.blocks} * 2 * sizeof(uint64_t);
  layout.bytes = aligned(layout.sum + sizeof(uint64_t));
  return layout;
}

uint64_t VectorLayout::bytes_of(uint32_t vectors) const {
  const uint64_t full = uint64_t{vectors / per_group} * group(per_group).bytes;
  const uint32_t rest = vectors % per_group;
  return full + (rest == 0 ? 0 : group(rest).bytes);
}

std::string vector_header(uint32_t width, std::string_view model) {
  std::string bytes(kVectorMagic);
  append_number(bytes, kVectorVersion);
  append_number(bytes, width);
  append_number(bytes, static_cast<uint32_t>(model.size()));
  append_number(bytes, uint32_t{0});
  append_number(bytes, hash64(model, hash64(bytes)));
  bytes += model;
  bytes.resize(aligned(bytes.size()), '\0');
  return bytes;
}

std::string vector_footer(uint32_t vectors, uint32_t groups, uint64_t header_sum) {
  std::string bytes;
  append_number(bytes, vectors);
  append_number(bytes, groups);
  append_number(bytes, header_sum);
  append_number(bytes, hash64(bytes));
  bytes += kVectorEndMagic;
  return bytes;
}

}  // namespace custos::index
