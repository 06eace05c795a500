// Vectors of texts that were embedded once: the same chunk is embedded once in an archive's life, whatever is rebuilt,
// merged or ingested again. ARCHIVE/cache/embeddings.sqlite; deleting it loses nothing but time.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "base/digest.h"
#include "base/result.h"

namespace custos::store {

// Thread-safe. The vectors of one model; those of others stay.
class EmbeddingCache {
 public:
  virtual ~EmbeddingCache() = default;
  // Makes the file where there is none. A file that cannot be read is kIo or kCorrupt: delete it.
  [[nodiscard]] static Result<std::unique_ptr<EmbeddingCache>> open(const std::filesystem::path& archive,
                                                                    const std::string& model, uint32_t width);
  // Fills `vector`, to the bit as it was added, and says true; or says false. `text`: BLAKE2b-256 of the chunk's text.
  [[nodiscard]] virtual Result<bool> find(const Digest& text, std::span<float> vector) = 0;
  // Becomes durable at the next flush().
  [[nodiscard]] virtual Status add(const Digest& text, std::span<const float> vector) = 0;
  [[nodiscard]] virtual Status flush() = 0;
};

}  // namespace custos::store
