// The redacted texts of one segment for quick reading by row: what a search result shows. Lucene calls it stored
// fields. messages.parquet has the same texts in columns of thousands of rows, which is right for scans and too slow
// for one row.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "document/redacted_text.h"
#include "document/span.h"

namespace custos::index {

struct StoredPart {
  uint32_t part = 0;            // index into Record::parts
  document::RedactedText text;  // without entities
  std::vector<document::ReasonedSpan> removed;
  std::string language;
};

struct StoredText {
  document::RedactedText subject;
  std::vector<StoredPart> parts;  // those with text, in order
  std::vector<document::Chunk> chunks;
  uint32_t first_chunk = 0;  // row of chunks.parquet, and number of the vector, of chunks[0]
};

// For one thread; memory is some blocks and 32 bytes a block (of about 16 KiB of text).
class TextWriter {
 public:
  virtual ~TextWriter() = default;
  [[nodiscard]] static Result<std::unique_ptr<TextWriter>> create(const std::filesystem::path& path);
  [[nodiscard]] virtual Status append(const document::Record& record) = 0;
  [[nodiscard]] virtual Status finish() = 0;
};

// Immutable and thread-safe; the file is mapped.
class TextReader {
 public:
  virtual ~TextReader() = default;
  [[nodiscard]] static Result<std::shared_ptr<const TextReader>> open(const std::filesystem::path& path);
  [[nodiscard]] virtual uint32_t rows() const = 0;
  // About 50 µs: one block is inflated. kCorrupt names file and offset. REQUIRES: row < rows().
  [[nodiscard]] virtual Result<StoredText> read(uint32_t row) const = 0;
  [[nodiscard]] virtual Status check() const = 0;

 protected:
  static document::RedactedText restore(std::string text);  // the reader of a segment may mint RedactedText
};

}  // namespace custos::index
