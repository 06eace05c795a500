// What passes between reader, workers and writer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "document/record.h"
#include "source/source.h"
#include "store/block_sealer.h"
#include "store/publication.h"

namespace custos::pipeline {

struct RawBatch {
  uint64_t sequence = 0;
  uint64_t first_document = 0;  // number of its first item in the run
  std::vector<source::Item> items;
  bool is_pause = false;          // the source asked for a pause behind them: they are to become visible now
  source::SourceProgress source;  // when the batch had been read
};

struct ProcessedItem {
  // A record (whole, or only its identity where `is_copy`), a failure, a skipped span, or only progress.
  std::variant<std::monostate, document::Record, store::FailedDocument, document::SkippedSpan> what;
  bool is_copy = false;  // an earlier document has the same content: the record's texts were not made
  std::string file;
  source::FileState state;
  bool ends_logical_file = false;
  std::optional<Digest> sha256;  // of the bytes of a document that failed
  uint32_t block = 0;            // of ProcessedBatch::blocks, where the original lies at [begin, end)
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct ProcessedBatch {
  uint64_t documents_end = 0;  // number after its last item in the run
  std::vector<ProcessedItem> items;
  bool is_pause = false;  // of its RawBatch
  std::vector<store::SealedBlock> blocks;
  source::SourceProgress source;  // of its RawBatch
};

}  // namespace custos::pipeline
