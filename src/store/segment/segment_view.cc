#include "store/segment/segment_view.h"

#include <fmt/format.h>

#include <system_error>

#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

constexpr const char* kSearchedFiles[] = {kPostingsFile, kTextsFile, kVectorsFile};

// The reader's own text names the file and what to do.
Error unusable(const SegmentRow& row, const Error& error) {
  return {error.code, fmt::format("segment {}: {}", row.name, error.message)};
}

Error another(const SegmentRow& row, const char* file, std::string_view what, const char* remedy) {
  return {Code::kCorrupt, fmt::format("segments/{}/{} is not of this segment: {}; run custos rebuild {}", row.name,
                                      file, what, remedy)};
}

Status open_vectors(const std::filesystem::path& folder, const SegmentRow& row, const std::string& model,
                    SegmentView& view) {
  if (row.vectors == 0) return {};
  auto vectors = index::VectorReader::open(folder / kVectorsFile);
  if (!vectors.ok()) return unusable(row, vectors.error());
  view.vectors = std::move(vectors).value();
  if (view.vectors->model() != model) return another(row, kVectorsFile, "another model made it", "--embeddings");
  if (view.vectors->size() == row.vectors) return {};
  return another(row, kVectorsFile, fmt::format("{} vectors, the catalog has {}", view.vectors->size(), row.vectors),
                 "--embeddings");
}

}  // namespace

Result<SegmentView> open_segment(const Storage& storage, const SegmentRow& row, const std::string& embedding_model) {
  ASSIGN_OR_RETURN(const std::filesystem::path folder, storage.segment(row.name, kSearchedFiles));
  std::error_code failure;
  if (!std::filesystem::exists(folder, failure)) {
    return Error{Code::kNotFound, fmt::format("there is no folder {}: run custos rebuild", folder.string())};
  }
  SegmentView view;
  view.name = row.name;
  auto postings = index::PostingsReader::open(folder / kPostingsFile);
  if (!postings.ok()) return unusable(row, postings.error());
  view.postings = std::move(postings).value();
  auto texts = index::TextReader::open(folder / kTextsFile);
  if (!texts.ok()) return unusable(row, texts.error());
  view.texts = std::move(texts).value();
  const auto differs = [&](uint32_t rows) { return fmt::format("{} rows, the catalog has {}", rows, row.messages); };
  if (view.postings->rows() != row.messages) {
    return another(row, kPostingsFile, differs(view.postings->rows()), "--index");
  }
  if (view.texts->rows() != row.messages) return another(row, kTextsFile, differs(view.texts->rows()), "--index");
  RETURN_IF_ERROR(open_vectors(folder, row, embedding_model, view));
  return view;
}

}  // namespace custos::store
