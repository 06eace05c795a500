#include "store/local/index_check.h"

#include <fmt/format.h>

#include "store/segment/segment_folder.h"
#include "store/segment/segment_view.h"

namespace custos::store {
namespace {

constexpr char kIndexHint[] = "run custos rebuild --index";

// The chunks of the texts of a segment, one after the other.
class StoredChunks {
 public:
  explicit StoredChunks(const index::TextReader& texts) : texts_(texts) {}
  // False at the end.
  Result<bool> next() {
    while (at_ == text_.chunks.size()) {
      if (next_row_ == texts_.rows()) return false;
      row_ = next_row_++;
      at_ = 0;
      ASSIGN_OR_RETURN(text_, texts_.read(row_));
    }
    ++at_;
    return true;
  }
  [[nodiscard]] uint32_t row() const { return row_; }
  [[nodiscard]] uint64_t number() const { return uint64_t{text_.first_chunk} + at_ - 1; }
  [[nodiscard]] const document::Chunk& chunk() const { return text_.chunks[at_ - 1]; }

 private:
  const index::TextReader& texts_;
  index::StoredText text_;
  size_t at_ = 0;
  uint32_t row_ = 0;
  uint32_t next_row_ = 0;
};

}  // namespace

void IndexCheck::tell(const Error& error) { problem_(error.message); }

Error IndexCheck::differs(const char* file, std::string_view what) const {
  return {Code::kCorrupt, fmt::format("segments/{}/{}: {}; {}", row_.name, file, what, kIndexHint)};
}

void IndexCheck::run(const std::string& embedding_model) {
  const Result<SegmentView> view = open_segment(storage_, row_, embedding_model);
  if (!view.ok()) return tell(view.error());
  check_files(*view);
  check_balance(*view);
}

void IndexCheck::check_files(const SegmentView& view) {
  const Status checks[] = {view.postings->check(), view.texts->check(),
                           view.vectors ? view.vectors->check() : Status()};
  for (const Status& check : checks) {
    if (!check.ok()) tell(check.error());
  }
}

void IndexCheck::check_balance(const SegmentView& view) {
  if (row_.vectors != 0 && row_.vectors != row_.chunks) {
    tell(
        {Code::kCorrupt, fmt::format("catalog.sqlite: {} has {} chunks and {} vectors; run custos rebuild --embeddings",
                                     row_.name, row_.chunks, row_.vectors)});
  }
  constexpr const char* kFiles[] = {kChunksFile};
  const auto folder = storage_.segment(row_.name, kFiles);
  if (!folder.ok()) return tell(folder.error());
  auto chunks = columns::ChunkReader::open(*folder / kChunksFile);
  if (!chunks.ok()) return tell(chunks.error());
  if ((*chunks)->rows() != row_.chunks) {
    return tell(differs(kChunksFile, fmt::format("{} rows, the catalog has {}", (*chunks)->rows(), row_.chunks)));
  }
  if (const Status same = compare_chunks(**chunks, view); !same.ok()) tell(same.error());
}

Status IndexCheck::compare_chunks(columns::ChunkReader& chunks, const SegmentView& view) {
  StoredChunks stored(*view.texts);
  uint64_t at = 0;
  RETURN_IF_ERROR(chunks.for_each([&](uint64_t row, const document::Chunk& chunk) -> Status {
    ASSIGN_OR_RETURN(const bool more, stored.next());
    if (!more || stored.row() != row || stored.number() != at || stored.chunk().span != chunk.span ||
        stored.chunk().part != chunk.part) {
      return differs(kTextsFile, fmt::format("chunk {} is another one than in {}", at, kChunksFile));
    }
    if (view.vectors && at < view.vectors->size() && view.vectors->row_of(static_cast<uint32_t>(at)) != row) {
      return differs(kVectorsFile, fmt::format("vector {} is not of row {}", at, row));
    }
    ++at;
    return {};
  }));
  ASSIGN_OR_RETURN(const bool more, stored.next());
  return more ? Status(differs(kTextsFile, fmt::format("it has more chunks than {}", kChunksFile))) : Status();
}

}  // namespace custos::store
