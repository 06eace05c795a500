// Makes one segment: a folder under a temporary name until finish().
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columns/record_table.h"
#include "document/record.h"
#include "store/catalog/row.h"

namespace custos::store {

inline constexpr char kMessagesFile[] = "messages.parquet";
inline constexpr char kChunksFile[] = "chunks.parquet";
inline constexpr char kManifestFile[] = "MANIFEST.json";

[[nodiscard]] std::string segment_name(int64_t id);
// Whether a folder of this name is a segment's, published or temporary: what recovery may remove.
[[nodiscard]] bool is_segment_name(std::string_view name);

class SegmentWriter {
 public:
  [[nodiscard]] static Result<std::unique_ptr<SegmentWriter>> create(
      const std::filesystem::path& segments, const std::string& archive_id, int64_t id,
      const std::vector<std::pair<std::string, std::string>>& versions);
  // Removes the folder unless keep() was called.
  ~SegmentWriter();
  SegmentWriter(const SegmentWriter&) = delete;
  SegmentWriter& operator=(const SegmentWriter&) = delete;

  // The row it got.
  [[nodiscard]] Result<uint64_t> append(const document::Record& record);
  [[nodiscard]] uint64_t rows() const { return messages_ ? messages_->rows() : row_.messages; }
  [[nodiscard]] int64_t id() const { return row_.id; }
  // Syncs the files, writes the manifest, gives the folder its name. The catalog then decides whether it exists.
  [[nodiscard]] Result<SegmentRow> finish();
  void keep() { keep_ = true; }

 private:
  SegmentWriter() = default;
  Result<std::string> describe();

  std::filesystem::path segments_;
  std::filesystem::path folder_;  // where the files are now
  std::string archive_id_;
  std::vector<std::pair<std::string, std::string>> versions_;
  std::unique_ptr<columns::RecordWriter> messages_;
  std::unique_ptr<columns::ChunkWriter> chunks_;
  SegmentRow row_;
  bool keep_ = false;
};

}  // namespace custos::store
