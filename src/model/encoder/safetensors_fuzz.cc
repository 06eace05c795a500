#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "model/encoder/safetensors.h"

namespace {

using namespace custos::model;

// Whatever is found lies within the bytes, and decodes.
void look_up(std::string_view header, std::string_view tensors) {
  const auto index = TensorIndex::parse(header, tensors.size());
  if (!index.ok()) return;
  for (const auto shape : {std::array<uint32_t, 2>{2, 3}, {1, 1}, {0, 7}, {4096, 4096}}) {
    for (const std::string_view name : {"a", "w", "", "embeddings.word_embeddings.weight"}) {
      const auto place = index->find(name, shape);
      if (!place.ok()) continue;
      const uint64_t bytes = place->count * bytes_of(place->type);
      if (place->begin > tensors.size() || bytes > tensors.size() - place->begin) abort();
      std::vector<float> numbers(place->count);
      const bool finite = decode_numbers(place->type, tensors.substr(place->begin, bytes), numbers);
      if (finite != std::ranges::all_of(numbers, [](float x) { return x - x == 0; })) abort();
    }
  }
}

}  // namespace

// The first byte says how much of the rest is the header, or a part of one; the remainder are the tensors' bytes.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::string header(input.substr(0, input.size() * (data[0] + 1) / 256));
  const std::string_view tensors = input.substr(header.size());
  look_up(header, tensors);
  look_up(R"({"a":{)" + header + "}}", tensors);
  look_up(R"({"a":{"dtype":"BF16","shape":[2,3],"data_offsets":)" + header + "}}", tensors);
  look_up(R"({"a":{"dtype":"F32","shape":[2,3],"data_offsets":[)" + std::to_string(data[0] % 8) + "," +
              std::to_string(data[0] % 8 + 24) + "]}}",
          tensors);
  return 0;
}
