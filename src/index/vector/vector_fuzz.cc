#include <sys/mman.h>
#include <unistd.h>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "index/file/little_endian.h"
#include "index/vector/vector_format.h"
#include "index/vector_file.h"

namespace custos::index {
namespace {

// A file in memory that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(memfd_create("fuzz", 0)) {
    if (write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) abort();
  }
  ~MemoryFile() { close(descriptor_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// A group of bytes as they come, with all checksums right: what a hostile writer would do.
std::string hostile_file(std::string_view input) {
  const uint32_t width = input.empty() ? 1 : static_cast<uint8_t>(input[0]) + 1U;
  const VectorLayout layout(width);
  const auto vectors = static_cast<uint32_t>(input.size() / (2 * layout.stride + 8));
  if (vectors == 0 || vectors > layout.per_group) return std::string(input);
  const std::string header = vector_header(width, "fuzz");
  const GroupLayout group = layout.group(vectors);
  std::string bytes(input.substr(0, group.sums));
  for (uint32_t sum = 0; sum < 2 * group.blocks; ++sum) {
    const bool residuals = sum >= group.blocks;
    const uint32_t block = residuals ? sum - group.blocks : sum;
    const size_t size = size_t{std::min(layout.per_block, vectors - block * layout.per_block)} * layout.stride;
    const size_t at = (residuals ? group.residuals : 0) + size_t{block} * layout.per_block * layout.stride;
    append_number(bytes,
                  hash64(std::string_view(bytes).substr(at, size), block_seed(static_cast<Plane>(residuals), block)));
  }
  append_number(bytes, hash64(std::string_view(bytes).substr(group.scales), 0));
  bytes.resize(group.bytes, '\0');
  return header + bytes + vector_footer(vectors, 1, hash64(header));
}

void use(const VectorReader& reader) {
  std::vector<float> query(reader.width(), 0.5F);
  std::vector<VectorHit> hits;
  reader.search(query, nullptr, 10, hits);
  RowSet allowed(1000);
  for (uint32_t row = 0; row < 1000; row += 3) allowed.add(row);
  reader.search(query, &allowed, 10, hits);
  for (const VectorHit& hit : hits) {
    if (hit.vector >= reader.size() || std::isnan(hit.cosine) || reader.row_of(hit.vector) != hit.row) abort();
    reader.read(hit.vector, query);
  }
  static_cast<void>(reader.check());
}

}  // namespace
}  // namespace custos::index

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos::index;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const std::string& bytes : {std::string(input), hostile_file(input)}) {
    const MemoryFile file(bytes);
    const auto reader = VectorReader::open(file.path());
    if (reader.ok()) use(**reader);
  }
  return 0;
}
