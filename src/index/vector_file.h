// The vectors of one segment, one a chunk, in the order of chunks.parquet: written once, then mapped and scanned.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "index/row_set.h"

namespace custos::index {

struct VectorHit {
  uint32_t vector = 0;  // = row of chunks.parquet
  uint32_t row = 0;     // of messages.parquet
  float cosine = 0;     // of the unrounded vectors
};

// For one thread; memory does not grow with the vectors.
class VectorWriter {
 public:
  virtual ~VectorWriter() = default;
  // `model`: the encoder's version, which the reader gives back. REQUIRES: 0 < width <= 4096.
  [[nodiscard]] static Result<std::unique_ptr<VectorWriter>> create(const std::filesystem::path& path, uint32_t width,
                                                                    std::string_view model);
  // `vector`: `width` floats of length 1 (kInvalidArgument where it is off by more than 1 %, or not finite). Rows
  // ascend.
  [[nodiscard]] virtual Status append(std::span<const float> vector, uint32_t row) = 0;
  // Writes and syncs. Nothing may be appended after it.
  [[nodiscard]] virtual Status finish() = 0;
};

// Immutable and thread-safe; the file is mapped.
class VectorReader {
 public:
  virtual ~VectorReader() = default;
  // kCorrupt names the file; kUnsupported: a newer version.
  [[nodiscard]] static Result<std::shared_ptr<const VectorReader>> open(const std::filesystem::path& path);

  [[nodiscard]] virtual uint32_t size() const = 0;
  [[nodiscard]] virtual uint32_t width() const = 0;
  [[nodiscard]] virtual const std::string& model() const = 0;
  [[nodiscard]] virtual uint32_t row_of(uint32_t vector) const = 0;
  // As it was appended, but for rounding to the stored precision. REQUIRES: vector < size(), out.size() == width().
  virtual void read(uint32_t vector, std::span<float> out) const = 0;

  // Appends the best `limit` vectors whose row is in `allowed` (null: any), best first: an exact scan of the int8
  // codes, then the cosine of the stored vectors for a few times `limit` of them. Those below `floor` may be left out:
  // whoever has enough better ones saves time. REQUIRES: query.size() == width().
  virtual void search(std::span<const float> query, const RowSet* allowed, uint32_t limit, std::vector<VectorHit>& hits,
                      float floor) const = 0;
  void search(std::span<const float> query, const RowSet* allowed, uint32_t limit, std::vector<VectorHit>& hits) const {
    search(query, allowed, limit, hits, std::numeric_limits<float>::lowest());
  }
  // Codes are compared with their checksums when they are first used; vectors whose block differs are never returned,
  // and read() gives zeros for them. kCorrupt, with file and offset, where that happened in any search so far.
  [[nodiscard]] virtual Status damage() const { return {}; }
  // Reads everything and compares checksums: for `verify`.
  [[nodiscard]] virtual Status check() const = 0;
};

}  // namespace custos::index
