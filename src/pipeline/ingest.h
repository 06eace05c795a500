// source → stages → store and sinks: reads one SOURCE into an archive, in parallel, in order, and committed in batches.
//
//     reader ─ queue ─ workers (one a core: parse … tokenize, seal originals, embed) ─ reorder ─ writer (segments,
//     catalog, sinks; merges segments)
//
// Everything between two commits is lost together or not at all; order, and so the result, does not depend on timing.
// A source that has nothing more for now asks for a pause: what there is is committed then, or a little later where
// that was just done, and the source is told.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/embedding.h"
#include "pipeline/file_leases.h"
#include "sink/sink.h"
#include "source/source.h"
#include "stage/stages.h"
#include "store/archive.h"

namespace custos::pipeline {

struct IngestOptions {
  uint32_t workers = 0;                    // 0: one a core
  uint32_t batch_documents = 128;          // handed to a worker at once
  uint64_t batch_bytes = 1ULL << 20;       // or fewer, when these bytes are reached
  uint32_t batches_ahead = 16;             // finished or under way, at most; bounds memory
  uint64_t segment_messages = 16384;       // a commit after so many stored messages,
  uint64_t segment_bytes = 256ULL << 20;   // or so many bytes of documents,
  uint32_t commit_seconds = 30;            // or so long after the last one
  uint32_t pause_ms = 200;                 // from one commit at a pause to the next, at least
  bool null_stages = false;                // documents are counted as skipped and not kept: what source and ledger take
  bool merge = true;                       // many small segments into larger ones, after commits
  bool index_subject = true;               // PublicationOptions::index_subject
  bool mask_participants_in_sinks = true;  // names and the local part of addresses become pseudonyms there
};

struct IngestProgress {
  uint64_t found = 0;  // = stored + duplicates + failed (+ replayed)
  uint64_t stored = 0;
  uint64_t duplicates = 0;
  uint64_t failed = 0;
  uint64_t skipped = 0;
  uint64_t bytes = 0;     // of documents found
  uint64_t entities = 0;  // personal data masked
  uint64_t commits = 0;
  source::SourceProgress source;
};
// Called by the writer after each batch.
using ProgressCallback = std::function<void(const IngestProgress&)>;

// With embedding a batch is no larger, so that progress moves each second or two.
inline constexpr uint64_t kEmbeddedBatchBytesMax = 128ULL << 10;

struct IngestReport {
  IngestProgress counts;
  bool stopped = false;      // by request, before the end of the source; run again to go on
  stage::StepTimes times;    // summed over the workers
  double seal_seconds = 0;   // compressing and encrypting originals, summed over the workers
  double embed_seconds = 0;  // summed over the workers
  uint64_t embed_bytes = 0;  // of the texts that the encoder embedded
  uint64_t embedded = 0;     // such texts; the cache gave the other vectors
  uint64_t merged = 0;       // segments that became larger ones
  double merge_seconds = 0;  // by the writer, while the workers went on
  std::string merge_fault;   // why merging was given up; what was ingested is whole
  double write_seconds = 0;  // the writer: columns, catalog, sinks, sync
  double read_seconds = 0;   // the reader
};

struct IngestTarget {
  store::Archive& archive;
  const stage::Stages& stages;
  std::vector<std::unique_ptr<sink::Sink>>& sinks;
  const Embedding* embedding = nullptr;   // null: nothing is embedded
  store::VectorStore* vectors = nullptr;  // gets what is embedded, before each commit; null: none does
  // Null: nobody else reads the SOURCE. Else a commit has the lease of each file in it, or fails with kConflict.
  ClaimFile claim;
};

// REQUIRES: the archive is open for writing, and its vectors are of the embedding's model. An error leaves everything
// committed so far in place.
[[nodiscard]] Result<IngestReport> ingest(IngestTarget target, const std::filesystem::path& source,
                                          const source::SourceOptions& source_options, const IngestOptions& options,
                                          const ProgressCallback& on_progress, std::stop_token stop);

// The same for a SOURCE that `open` opens; `name` is the one that the archive knows it by.
using OpenSource = std::function<Result<std::unique_ptr<source::Source>>(source::FileLookup lookup)>;
[[nodiscard]] Result<IngestReport> ingest(IngestTarget target, const std::string& name, const OpenSource& open,
                                          const IngestOptions& options, const ProgressCallback& on_progress,
                                          std::stop_token stop);

}  // namespace custos::pipeline
