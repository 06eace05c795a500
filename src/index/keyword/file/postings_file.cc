#include "index/keyword/file/postings_file.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "index/keyword/file/postings_cursor.h"

namespace custos::index {
namespace {

// Reads one term to its end: its rows, frequencies, positions. Adds its occurrences by field.
class TermCheck {
 public:
  explicit TermCheck(const PostingsFile& file) : file_(file) {}

  [[nodiscard]] Status check(const TermEntry& entry, std::array<uint64_t, kTextFields>& words) {
    Failure failure;
    PostingsCursor cursor(file_, entry, failure);
    uint32_t rows = 0;
    for (; cursor.row() != kNoRow; cursor.next()) {
      ++rows;
      if (entry.has_positions) check_row(cursor, entry, failure, words);
    }
    RETURN_IF_ERROR(failure.status());
    if (rows != entry.rows) return file_.file().corrupt(kPostings, entry.postings_at, "rows are missing");
    return {};
  }

 private:
  void check_row(PostingsCursor& cursor, const TermEntry& entry, Failure& failure,
                 std::array<uint64_t, kTextFields>& words) {
    const auto frequency = cursor.frequency();
    for (size_t field = 0; field < kTextFields; ++field) {
      words[field] += frequency[field];
      positions_.clear();
      cursor.positions(static_cast<Field>(field), positions_);
      if (positions_.size() != frequency[field]) {
        failure.set(file_.file().corrupt(kPositions, entry.positions_at, "positions are missing"));
      }
    }
  }

  const PostingsFile& file_;
  std::vector<uint32_t> positions_;
};

}  // namespace

Status PostingsFile::bind_columns() {
  ASSIGN_OR_RETURN(const std::string_view dates, file_.read(kDates));
  ASSIGN_OR_RETURN(const std::string_view lengths, file_.read(kLengths));
  dates_ = {reinterpret_cast<const int64_t*>(dates.data()), rows()};
  length_codes_ = {reinterpret_cast<const std::array<uint8_t, kTextFields>*>(lengths.data()), rows()};
  return {};
}

Status PostingsFile::check() const {
  RETURN_IF_ERROR(file_.check());
  TermCheck terms(*this);
  std::array<uint64_t, kTextFields> words{}, stems{};
  std::string last;
  uint64_t count = 0;
  Status status;
  RETURN_IF_ERROR(dictionary_.for_each({}, [&](std::string_view key, const TermEntry& entry) {
    if (count++ > 0 && key <= last) status = file_.corrupt(kDictionary, 0, "terms are out of order");
    last = key;
    if (status.ok()) status = terms.check(entry, key[0] == kWordSpace ? words : stems);
    return status.ok();
  }));
  RETURN_IF_ERROR(status);
  if (count != footer().terms || words != footer().words) {
    return file_.corrupt(kDictionary, 0, fmt::format("{} terms were read, and their words do not add up", count));
  }
  return {};
}

Result<std::shared_ptr<const PostingsReader>> PostingsReader::open(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(CheckedFile file, CheckedFile::open(path));
  auto reader = std::make_shared<PostingsFile>(std::move(file));
  RETURN_IF_ERROR(reader->bind_columns());
  return std::shared_ptr<const PostingsReader>(std::move(reader));
}

}  // namespace custos::index
