#include "model/encoder/safetensors.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/digest.h"

namespace custos::model {
namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr size_t kDimensionsMax = 8;

std::optional<uint64_t> unsigned_number(const JsonValue& value) {
  const auto digits = value.whole_number();
  if (!digits) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits->data(), digits->data() + digits->size(), number);
  if (error != std::errc() || end != digits->data() + digits->size()) return std::nullopt;
  return number;
}

// Nothing where the member is missing, or is not an array of at most kDimensionsMax whole numbers.
std::optional<std::vector<uint64_t>> numbers_of(const JsonValue& tensor, std::string_view member) {
  const auto array = tensor.member(member);
  if (!array || !array->is_array()) return std::nullopt;
  std::vector<uint64_t> numbers;
  bool good = true;
  array->for_each([&](JsonValue value) {
    const auto number = unsigned_number(value);
    good = good && number && numbers.size() < kDimensionsMax;
    if (good) numbers.push_back(*number);
  });
  return good ? std::optional(numbers) : std::nullopt;
}

std::optional<TensorType> type_of(const JsonValue& tensor) {
  const auto type = tensor.member("dtype");
  const auto name = type ? type->string() : std::nullopt;
  if (name == "F32") return TensorType::kFloat32;
  if (name == "F16") return TensorType::kFloat16;
  if (name == "BF16") return TensorType::kBfloat16;
  return std::nullopt;
}

Error corrupt(std::string_view tensor, std::string_view what) {
  return {Code::kCorrupt, fmt::format("tensor {}: {}", tensor, what)};
}

// IEEE 754 binary16 to binary32; infinities and NaNs stay what they are.
float from_float16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000) << 16;
  const uint32_t rest = half & 0x7fff;
  if (rest >= 0x7c00) return std::bit_cast<float>(sign | 0x7f800000u | (rest & 0x3ff) << 13);
  // Moves the bits into place; the product puts the exponent right, and makes subnormal numbers normal.
  return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(std::bit_cast<float>(rest << 13) * 0x1p112f));
}

float from_bfloat16(uint16_t number) { return std::bit_cast<float>(static_cast<uint32_t>(number) << 16); }

template <float (*kDecode)(uint16_t)>
void decode_halves(std::string_view bytes, std::span<float> numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    uint16_t half;
    std::memcpy(&half, bytes.data() + i * sizeof half, sizeof half);
    numbers[i] = kDecode(half);
  }
}

bool all_finite(std::span<const float> numbers) {
  uint32_t bad = 0;
  for (const float number : numbers) bad |= (std::bit_cast<uint32_t>(number) & 0x7f800000u) == 0x7f800000u ? 1 : 0;
  return bad == 0;
}

Error in_file(const std::filesystem::path& path, const Error& error) {
  return {error.code, fmt::format("{}: {}", path.string(), error.message)};
}

}  // namespace

size_t bytes_of(TensorType type) { return type == TensorType::kFloat32 ? 4 : 2; }

bool decode_numbers(TensorType type, std::string_view bytes, std::span<float> numbers) {
  switch (type) {
    case TensorType::kFloat32:
      std::memcpy(numbers.data(), bytes.data(), numbers.size_bytes());
      break;
    case TensorType::kFloat16:
      decode_halves<from_float16>(bytes, numbers);
      break;
    case TensorType::kBfloat16:
      decode_halves<from_bfloat16>(bytes, numbers);
      break;
  }
  return all_finite(numbers);
}

Result<TensorIndex> TensorIndex::parse(std::string_view header, uint64_t data_bytes) {
  ASSIGN_OR_RETURN(JsonDocument document, JsonDocument::parse(header, 4));
  if (!document.root().is_object()) return Error{Code::kCorrupt, "the header is not a JSON object"};
  return TensorIndex(std::move(document), data_bytes);
}

bool TensorIndex::has(std::string_view name) const { return header_.root().member(name).has_value(); }

Result<TensorPlace> TensorIndex::find(std::string_view name, std::span<const uint32_t> shape) const {
  const auto tensor = header_.root().member(name);
  if (!tensor) return corrupt(name, "is missing");
  const auto type = type_of(*tensor);
  if (!type) return corrupt(name, "its data type is none of F32, F16, BF16");
  const auto real_shape = numbers_of(*tensor, "shape");
  if (!real_shape || !std::ranges::equal(*real_shape, shape)) {
    return corrupt(name, fmt::format("its shape is {}, not [{}]",
                                     real_shape ? fmt::format("[{}]", fmt::join(*real_shape, ", ")) : "unreadable",
                                     fmt::join(shape, ", ")));
  }
  uint64_t count = 1;
  for (const uint32_t size : shape) count *= size;  // at most two dimensions, each below 2^32
  const auto offsets = numbers_of(*tensor, "data_offsets");
  if (!offsets || offsets->size() != 2) return corrupt(name, "has no data_offsets");
  const uint64_t begin = (*offsets)[0], end = (*offsets)[1];
  if (begin > end || end > data_bytes_) {
    return corrupt(
        name, fmt::format("its bytes {} to {} are not within the file's {} bytes of data", begin, end, data_bytes_));
  }
  if ((end - begin) / bytes_of(*type) != count || (end - begin) % bytes_of(*type) != 0) {
    return corrupt(name, fmt::format("has {} bytes, which its shape and type contradict", end - begin));
  }
  return TensorPlace{*type, begin, count};
}

Result<SafetensorsFile> SafetensorsFile::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(File file, File::open_read(path));
  ASSIGN_OR_RETURN(const uint64_t size, file.size());
  uint64_t header_bytes = 0;
  RETURN_IF_ERROR(file.read_at(0, {reinterpret_cast<char*>(&header_bytes), kLengthBytes}));
  if (header_bytes > TensorIndex::kHeaderBytesMax || header_bytes > size - kLengthBytes) {
    return Error{Code::kCorrupt,
                 fmt::format("{}: its header would have {} bytes: no safetensors file, or cut short; fetch it again",
                             path.string(), header_bytes)};
  }
  std::string header(header_bytes, '\0');
  RETURN_IF_ERROR(file.read_at(kLengthBytes, header));
  const uint64_t data_begin = kLengthBytes + header_bytes;
  auto index = TensorIndex::parse(header, size - data_begin);
  if (!index.ok()) return in_file(path, index.error());
  return SafetensorsFile(std::move(file), std::move(index).value(), data_begin);
}

Result<std::vector<float>> SafetensorsFile::read(std::string_view name, std::span<const uint32_t> shape) {
  const auto place = index_.find(name, shape);
  if (!place.ok()) return in_file(file_.path(), place.error());
  std::vector<float> numbers(place->count);
  std::string other;
  std::span<char> bytes(reinterpret_cast<char*>(numbers.data()), place->count * sizeof(float));
  if (place->type != TensorType::kFloat32) {
    other.resize(place->count * bytes_of(place->type));
    bytes = other;
  }
  RETURN_IF_ERROR(file_.read_at(data_begin_ + place->begin, bytes));
  const std::string_view view(bytes.data(), bytes.size());
  digest_ = hash64(view, digest_);
  if (!decode_numbers(place->type, view, numbers)) {
    return in_file(file_.path(), corrupt(name, "holds a number that is not finite"));
  }
  return numbers;
}

}  // namespace custos::model
