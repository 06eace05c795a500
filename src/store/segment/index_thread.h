// An IndexWriter on a thread of its own: postings take about as long to make as columns, which are made meanwhile.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"
#include "base/result.h"
#include "document/record.h"
#include "store/segment/index_writer.h"
#include "store/segment/manifest.h"

namespace custos::store {

// For one thread, beside its own. What waits to be indexed is a few megabytes, or a few records where these are larger.
class IndexThread {
 public:
  [[nodiscard]] static Result<std::unique_ptr<IndexThread>> create(const std::filesystem::path& folder,
                                                                   bool index_subject);
  // Without finish(), what was appended is dropped.
  ~IndexThread();
  IndexThread(const IndexThread&) = delete;
  IndexThread& operator=(const IndexThread&) = delete;

  // Copies what is indexed of the record. An error may be that of an earlier row.
  [[nodiscard]] Status append(const document::Record& record, const PersonNumbers& people);
  // No more rows: the files are written and synced from now on. Once is enough.
  void end();
  // Waits for it, and says what the files are. REQUIRES: end() was called.
  [[nodiscard]] Result<std::vector<ManifestFile>> finish();

 private:
  struct Row {
    document::Record record;
    PersonNumbers people;
  };
  using Rows = std::vector<Row>;

  IndexThread(std::filesystem::path folder, std::unique_ptr<IndexWriter> writer);
  [[nodiscard]] Status run();
  [[nodiscard]] Status finish_files();
  [[nodiscard]] Status hand_over();
  void join();

  const std::filesystem::path folder_;
  std::unique_ptr<IndexWriter> writer_;
  BoundedQueue<Rows> queue_;
  Rows waiting_;
  size_t waiting_bytes_ = 0;
  std::atomic<bool> ended_ = false;
  Status fault_;  // this and the next are the thread's, until it is joined
  std::vector<ManifestFile> files_;
  std::thread thread_;
};

}  // namespace custos::store
