// Records as rows of a Parquet file, and back. The only module that knows Arrow; nothing of it shows here.
//
// A row has everything of a Record but its participants' addresses (catalog), thread keys and place (ledger).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "document/record.h"

namespace custos::columns {

struct TableOptions {
  uint32_t row_group_rows = 8192;  // Spark, DuckDB and pandas read groups of 1 to 100 MB well
  int zstd_level = 1;
  bool participants = false;  // adds from, to, cc as lists of {name, address}: for sinks, not for segments
  // File metadata: versions of stages and models.
  std::vector<std::pair<std::string, std::string>> metadata;
};

// What is not in a Record but belongs into a copy of it.
struct RowContext {
  std::string thread;                               // "" leaves the column null
  std::vector<document::Participant> from, to, cc;  // as the copy shall show them
};

// messages.parquet: id, redacted, tokens, then message_id, date, offset, subject, thread, …, parts, defects.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  [[nodiscard]] static Result<std::unique_ptr<RecordWriter>> create(const std::filesystem::path& path,
                                                                    const TableOptions& options);
  [[nodiscard]] virtual Status append(const document::Record& record, const RowContext& context) = 0;
  // Writes the footer and syncs the file. Nothing may be appended after it.
  [[nodiscard]] virtual Status finish() = 0;
  [[nodiscard]] virtual uint64_t rows() const = 0;
};

// chunks.parquet: message (row number), id, part, begin, end, tokens, language; one row a chunk. Its text is the bytes
// [begin, end) of that part's text in messages.parquet.
class ChunkWriter {
 public:
  virtual ~ChunkWriter() = default;
  [[nodiscard]] static Result<std::unique_ptr<ChunkWriter>> create(const std::filesystem::path& path,
                                                                   const TableOptions& options);
  [[nodiscard]] virtual Status append(const document::Record& record, uint64_t row) = 0;
  [[nodiscard]] virtual Status finish() = 0;
  [[nodiscard]] virtual uint64_t rows() const = 0;
};

// Reads chunks.parquet. For one thread.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  [[nodiscard]] static Result<std::unique_ptr<ChunkReader>> open(const std::filesystem::path& path);
  [[nodiscard]] virtual uint64_t rows() const = 0;
  // `row` of messages.parquet, and the chunk; an error stops and is handed on.
  using Visitor = std::function<Status(uint64_t row, const document::Chunk& chunk)>;
  // All in order, a row group in memory at a time.
  [[nodiscard]] virtual Status for_each(const Visitor& visit) = 0;
};

// Reads messages.parquet. Thread-safe for reads of different readers; one reader is for one thread.
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  [[nodiscard]] static Result<std::unique_ptr<RecordReader>> open(const std::filesystem::path& path);
  [[nodiscard]] virtual uint64_t rows() const = 0;
  // One row; decodes its row group once and keeps the last one. REQUIRES: row < rows().
  [[nodiscard]] virtual Result<document::Record> read(uint64_t row) = 0;
  // Only the column `id` of all rows, in order: what a check of the segment against the catalog needs.
  [[nodiscard]] virtual Result<std::vector<std::string>> ids() = 0;

 protected:
  // Mints RedactedText from a segment: what was redacted when it was written.
  static document::RedactedText restore(std::string text, std::vector<document::Entity> entities);
};

}  // namespace custos::columns
