// The indexes of one segment, made from its records: what is searched, and where.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "index/postings_writer.h"
#include "index/text_file.h"
#include "index/vector_file.h"
#include "store/catalog/row.h"

namespace custos::store {

// `postings` and `texts`. For one thread; a record a row, in order.
class IndexWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<IndexWriter>> create(const std::filesystem::path& folder,
                                                                   bool index_subject);
  [[nodiscard]] Status append(const document::Record& record, const PersonNumbers& people);
  // Writes and syncs both files.
  [[nodiscard]] Status finish();

 private:
  IndexWriter() = default;
  void add_part(const document::RecordPart& part);
  void add_languages(const document::Record& record);

  bool index_subject_ = true;
  std::unique_ptr<index::PostingsWriter> postings_;
  std::unique_ptr<index::TextWriter> texts_;
  std::vector<document::Span> removed_;  // kept for its capacity
};

// One vector for each chunk of the record. kInvalidArgument where they do not fit.
[[nodiscard]] Status append_vectors(index::VectorWriter& writer, const document::Record& record, uint64_t row,
                                    uint32_t width);

}  // namespace custos::store
