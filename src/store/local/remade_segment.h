// A segment with some files made anew, beside the old one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "columns/record_table.h"
#include "store/catalog/row.h"
#include "store/local/writer.h"
#include "store/segment/manifest.h"
#include "store/segment/segment_folder.h"

namespace custos::store {

class RemadeSegment {
 public:
  [[nodiscard]] static Result<RemadeSegment> begin(Storage& storage, const SegmentRow& old);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] const SegmentRow& row() const { return row_; }
  // Of the old one; kCorrupt where the file is not what was published.
  [[nodiscard]] Result<std::unique_ptr<columns::RecordReader>> open_messages() const;
  // Takes the old segment's file as it is, if it has one.
  [[nodiscard]] Status keep_file(const char* name);
  // REQUIRES: the file is written and synced.
  [[nodiscard]] Status add_file(const char* name);
  void set_version(std::string_view name, std::string_view version) { manifest_.set_version(name, version); }
  void set_vectors(uint64_t vectors) { row_.vectors = vectors; }
  [[nodiscard]] Status finish(const std::vector<std::pair<std::string, std::string>>& versions);

  // One transaction in which all of them take the old ones' place; with the model in force, where one is given.
  [[nodiscard]] static Status publish(Writer& writer, std::vector<RemadeSegment>& segments,
                                      const std::string* embedding_model);

 private:
  RemadeSegment(SegmentFolder folder, std::filesystem::path old, SegmentRow row, Manifest manifest)
      : folder_(std::move(folder)), old_(std::move(old)), row_(std::move(row)), manifest_(std::move(manifest)) {}

  SegmentFolder folder_;
  std::filesystem::path old_;
  SegmentRow row_;
  Manifest manifest_;
  std::vector<ManifestFile> files_;
};

}  // namespace custos::store
