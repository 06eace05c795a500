// Checks the indexes of one segment: each for itself, and against each other.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "columns/record_table.h"
#include "store/catalog/row.h"
#include "store/snapshot.h"
#include "store/storage/storage.h"

namespace custos::store {

class IndexCheck {
 public:
  // What is wrong, naming the file.
  using Problem = std::function<void(std::string)>;

  // All references must outlive it.
  IndexCheck(const Storage& storage, const SegmentRow& row, const Problem& problem)
      : storage_(storage), row_(row), problem_(problem) {}

  // Every block of postings, texts and vectors; then that rows of postings = rows of texts = messages, and that chunks
  // of texts = rows of chunks.parquet = vectors, one by one.
  void run(const std::string& embedding_model);

 private:
  void check_files(const SegmentView& view);
  void check_balance(const SegmentView& view);
  Status compare_chunks(columns::ChunkReader& chunks, const SegmentView& view);
  [[nodiscard]] Error differs(const char* file, std::string_view what) const;
  void tell(const Error& error);

  const Storage& storage_;
  const SegmentRow& row_;
  const Problem& problem_;
};

}  // namespace custos::store
