// Reads tensors from a safetensors file: 8 bytes of header length, a JSON header, the tensors' bytes.
//
// https://huggingface.co/docs/safetensors, "Format".
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/json_reader.h"
#include "base/result.h"

namespace custos::model {

enum class TensorType : uint8_t { kFloat32, kFloat16, kBfloat16 };

// Where a tensor's bytes are, counted from the end of the header.
struct TensorPlace {
  TensorType type = TensorType::kFloat32;
  uint64_t begin = 0;
  uint64_t count = 0;  // of numbers
};

[[nodiscard]] size_t bytes_of(TensorType type);
// REQUIRES: bytes.size() == numbers.size() × bytes_of(type). False where a number is infinite or none.
[[nodiscard]] bool decode_numbers(TensorType type, std::string_view bytes, std::span<float> numbers);

// The header. Nothing is believed that does not fit `data_bytes`, the bytes behind it.
class TensorIndex {
 public:
  static constexpr uint64_t kHeaderBytesMax = 16 << 20;

  // kCorrupt where the header is not a JSON object.
  [[nodiscard]] static Result<TensorIndex> parse(std::string_view header, uint64_t data_bytes);
  [[nodiscard]] bool has(std::string_view name) const;
  // kCorrupt, with the tensor's name: missing, another shape, a type that is not read, bytes outside the file.
  [[nodiscard]] Result<TensorPlace> find(std::string_view name, std::span<const uint32_t> shape) const;

 private:
  TensorIndex(JsonDocument header, uint64_t data_bytes) : header_(std::move(header)), data_bytes_(data_bytes) {}

  JsonDocument header_;
  uint64_t data_bytes_;
};

class SafetensorsFile {
 public:
  // kNotFound, or kCorrupt with the path and what is wrong.
  [[nodiscard]] static Result<SafetensorsFile> open(const std::filesystem::path& path);
  [[nodiscard]] bool has(std::string_view name) const { return index_.has(name); }
  // The tensor's numbers, row-major. The digest goes on over the bytes of each tensor that is read.
  [[nodiscard]] Result<std::vector<float>> read(std::string_view name, std::span<const uint32_t> shape);
  // XXH3 over the bytes of all tensors read so far, in the order of reading.
  [[nodiscard]] uint64_t digest() const { return digest_; }

 private:
  SafetensorsFile(File file, TensorIndex index, uint64_t data_begin)
      : file_(std::move(file)), index_(std::move(index)), data_begin_(data_begin) {}

  File file_;
  TensorIndex index_;
  uint64_t data_begin_;
  uint64_t digest_ = 0;
};

}  // namespace custos::model
