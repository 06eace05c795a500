#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "index/file/little_endian.h"
#include "index/vector/quantize.h"
#include "index/vector/vector_format.h"
#include "index/vector_file.h"

namespace custos::index {
namespace {

constexpr float kLengthError = 0.01F;

class GroupedWriter : public VectorWriter {
 public:
  GroupedWriter(File file, uint32_t width, std::string header)
      : file_(std::move(file)), layout_(width), header_(std::move(header)) {}

  Status append(std::span<const float> vector, uint32_t row) override;
  Status finish() override;

 private:
  Status write_group();
  void append_sums(std::string& tail, const std::string& plane_bytes, Plane plane) const;
  [[nodiscard]] uint32_t pending() const { return static_cast<uint32_t>(rows_.size()); }

  File file_;
  VectorLayout layout_;
  std::string header_;
  std::string codes_, residuals_;  // of the group that is not written yet, like the next two
  std::vector<float> scales_;
  std::vector<uint32_t> rows_;
  uint32_t vectors_ = 0;
  uint32_t groups_ = 0;
  uint32_t last_row_ = 0;
  bool finished_ = false;
};

Status GroupedWriter::append(std::span<const float> vector, uint32_t row) {
  assert(!finished_);
  if (vector.size() != layout_.width) {
    return Error{Code::kInvalidArgument, fmt::format("a vector of {} numbers for {}, whose vectors have {}",
                                                     vector.size(), file_.path().string(), layout_.width)};
  }
  const std::optional<float> inverse = inverse_length(vector);
  if (!inverse || std::fabs(1 / *inverse - 1) > kLengthError) {
    return Error{Code::kInvalidArgument, fmt::format("vector {} for {} is not of length 1: the encoder is at fault",
                                                     vectors_, file_.path().string())};
  }
  if (row < last_row_) {
    return Error{Code::kInvalidArgument,
                 fmt::format("row {} after row {} in {}: rows must ascend", row, last_row_, file_.path().string())};
  }
  if (vectors_ == std::numeric_limits<uint32_t>::max()) {
    return Error{Code::kLimit, fmt::format("{} has all the vectors that a segment may have", file_.path().string())};
  }
  const size_t at = codes_.size();
  codes_.resize(at + layout_.stride, '\0');
  residuals_.resize(at + layout_.stride, '\0');
  scales_.push_back(quantize(vector, *inverse, reinterpret_cast<int8_t*>(codes_.data() + at),
                             reinterpret_cast<int8_t*>(residuals_.data() + at)));
  rows_.push_back(row);
  last_row_ = row;
  ++vectors_;
  return pending() == layout_.per_group ? write_group() : Status();
}

void GroupedWriter::append_sums(std::string& tail, const std::string& plane_bytes, Plane plane) const {
  const size_t block_bytes = size_t{layout_.per_block} * layout_.stride;
  uint64_t block = uint64_t{groups_} * kVectorBlocksPerGroup;
  for (size_t at = 0; at < plane_bytes.size(); at += block_bytes) {
    append_number(tail, hash64(std::string_view(plane_bytes).substr(at, block_bytes), block_seed(plane, block++)));
  }
}

Status GroupedWriter::write_group() {
  if (pending() == 0) return {};
  std::string tail;
  for (const float scale : scales_) append_number(tail, scale);
  for (const uint32_t row : rows_) append_number(tail, row);
  append_sums(tail, codes_, Plane::kCodes);
  append_sums(tail, residuals_, Plane::kResiduals);
  append_number(tail, hash64(tail, groups_));
  const GroupLayout group = layout_.group(pending());
  tail.resize(group.bytes - group.scales, '\0');
  RETURN_IF_ERROR(file_.write(codes_));
  RETURN_IF_ERROR(file_.write(residuals_));
  RETURN_IF_ERROR(file_.write(tail));
  codes_.clear();
  residuals_.clear();
  scales_.clear();
  rows_.clear();
  ++groups_;
  return {};
}

Status GroupedWriter::finish() {
  assert(!finished_);
  finished_ = true;
  RETURN_IF_ERROR(write_group());
  RETURN_IF_ERROR(file_.write(vector_footer(vectors_, groups_, hash64(header_))));
  return file_.sync();
}

}  // namespace

Result<std::unique_ptr<VectorWriter>> VectorWriter::create(const std::filesystem::path& path, uint32_t width,
                                                           std::string_view model) {
  assert(0 < width && width <= kVectorWidthMax);
  if (model.size() > kModelBytesMax) {
    return Error{Code::kLimit, fmt::format("the model's version has {} bytes; {} keeps {} at most", model.size(),
                                           path.string(), kModelBytesMax)};
  }
  ASSIGN_OR_RETURN(File file, File::create(path));
  std::string header = vector_header(width, model);
  RETURN_IF_ERROR(file.write(header));
  return std::unique_ptr<VectorWriter>(std::make_unique<GroupedWriter>(std::move(file), width, std::move(header)));
}

}  // namespace custos::index
