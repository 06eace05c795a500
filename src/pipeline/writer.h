// The end of the line: takes processed batches in order into publications and sinks, and decides when to commit.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "pipeline/batch.h"
#include "pipeline/claims.h"
#include "pipeline/ingest.h"
#include "store/archive.h"

namespace custos::pipeline {

// What became of segments that were merged between commits.
struct Merges {
  uint64_t segments = 0;
  double seconds = 0;
  std::string fault;
};

class Writer {
 public:
  // `read` hears what becomes of its items. `stop` ends a merge; batches that are added are written all the same.
  Writer(IngestTarget target, source::Source& read, store::SourceId source, std::string source_name,
         const IngestOptions& options, Claims& claims, const FileLeases& leases, std::stop_token stop);

  [[nodiscard]] Status add(ProcessedBatch batch);
  // Commits what is left. The sinks stay open for the next SOURCE.
  [[nodiscard]] Status finish();

  [[nodiscard]] IngestProgress& counts() { return counts_; }
  [[nodiscard]] double seconds() const { return seconds_; }  // without merging
  [[nodiscard]] const Merges& merges() const { return merges_; }

 private:
  [[nodiscard]] Status add_item(ProcessedItem& item, const std::vector<store::BlockRef>& blocks);
  [[nodiscard]] Status add_record(document::Record& record, const store::Origin& origin,
                                  const store::OriginalRef& original);
  // Tells the publication what the batch has.
  [[nodiscard]] Status announce(const ProcessedBatch& batch);
  [[nodiscard]] Status copy_to_sinks(const document::Record& record);
  [[nodiscard]] Status changed_file(const document::Place& place) const;
  [[nodiscard]] bool is_due() const;
  [[nodiscard]] Status checkpoint_sinks();
  [[nodiscard]] Status publish();
  [[nodiscard]] Status add_failed(const ProcessedItem& item, const store::FailedDocument& failed,
                                  const store::Origin& origin, const store::OriginalRef& original);
  [[nodiscard]] Status add_skipped(const document::SkippedSpan& span, const store::Origin& origin);
  [[nodiscard]] Status open_publication();
  [[nodiscard]] Status commit();
  void merge();

  IngestTarget target_;
  source::Source& read_;
  store::SourceId source_;
  std::string source_name_;
  IngestOptions options_;
  Claims& claims_;
  const FileLeases& leases_;
  std::stop_token stop_;
  std::string pseudonym_key_;
  std::unique_ptr<store::Publication> publication_;
  std::map<std::string, source::FileState> uncommitted_;  // by file, of what `publication_` has
  uint64_t documents_end_ = 0;
  uint64_t bytes_since_commit_ = 0;
  std::chrono::steady_clock::time_point last_commit_ = std::chrono::steady_clock::now();
  IngestProgress counts_;
  double seconds_ = 0;
  Merges merges_;
};

}  // namespace custos::pipeline
