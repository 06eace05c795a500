#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "index/text/stored_text_codec.h"
#include "index/text/text_format.h"
#include "index/text_file.h"

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

class FuzzText : public TextReader {
 public:
  using TextReader::restore;
};

// A block of any rows, with all checksums right: what a hostile writer would do.
std::string hostile_file(std::string_view plain) {
  std::string bytes = text_header();
  std::string block(ZSTD_compressBound(plain.size()), '\0');
  block.resize(ZSTD_compress(block.data(), block.size(), plain.data(), plain.size(), 1));
  std::string index;
  const auto plain_bytes = static_cast<uint32_t>(plain.size());
  append_block_entry(index, {bytes.size(), static_cast<uint32_t>(block.size()), plain_bytes, 0, 0, hash64(block, 0)});
  bytes += block;
  const TextFooter footer{bytes.size(), 1, 5, 4, hash64(index)};
  return bytes + index + text_footer(footer);
}

void use(const TextReader& reader) {
  for (uint32_t row = 0; row < reader.rows() && row < 10; ++row) {
    const auto text = reader.read(row);
    if (!text.ok()) continue;
    for (const StoredPart& part : text->parts) {
      for (const auto& removed : part.removed) static_cast<void>(removed.span.of(part.text.text()).size());
    }
  }
  static_cast<void>(reader.check());
}

}  // namespace
}  // namespace custos::index

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos::index;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  static_cast<void>(decode_text(input, &FuzzText::restore));
  for (const std::string& bytes : {std::string(input), hostile_file(input)}) {
    const MemoryFile file(bytes);
    const auto reader = TextReader::open(file.path());
    if (reader.ok()) use(**reader);
  }
  return 0;
}
