// Makes one segment from records.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "columns/record_table.h"
#include "store/catalog/row.h"
#include "store/publication.h"
#include "store/segment/index_thread.h"
#include "store/segment/segment_folder.h"

namespace custos::store {

class SegmentWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> create(const std::filesystem::path& segments,
                                                                     const std::string& archive_id, int64_t id,
                                                                     std::string name,
                                                                     const PublicationOptions& options);

  // The record becomes row rows(). Keys ascend.
  [[nodiscard]] Status append(const document::Record& record, MessageKey key, const PersonNumbers& people);
  [[nodiscard]] uint64_t rows() const { return rows_; }
  [[nodiscard]] int64_t id() const { return row_.id; }
  // No more rows: the indexes, which take longest, are written from now on, while the caller does something else.
  void end_rows() { indexes_->end(); }
  // Syncs the files, writes the manifest, gives the folder its name. The catalog then decides whether it exists.
  [[nodiscard]] Result<SegmentRow> finish();
  // Without it, the folder goes with this object.
  void keep() { folder_.keep(); }

 private:
  SegmentWriter(SegmentFolder folder, std::string archive_id, const PublicationOptions& options)
      : folder_(std::move(folder)), archive_id_(std::move(archive_id)), options_(options) {}
  Status open_files();
  Status finish_files();
  // The manifest.
  std::string describe();

  SegmentFolder folder_;  // outlives the open files
  const std::string archive_id_;
  const PublicationOptions options_;
  std::unique_ptr<columns::RecordWriter> messages_;
  std::unique_ptr<columns::ChunkWriter> chunks_;
  std::unique_ptr<IndexThread> indexes_;
  std::unique_ptr<index::VectorWriter> vectors_;  // null where nothing is embedded
  std::vector<ManifestFile> files_;
  SegmentRow row_;
  uint64_t rows_ = 0;
};

}  // namespace custos::store
