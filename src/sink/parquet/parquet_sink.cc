#include <fmt/format.h>

#include <system_error>
#include <utility>
#include <vector>

#include "base/file.h"
#include "sink/parquet/part_name.h"
#include "sink/sink_factory.h"

namespace custos::sink {
namespace {

namespace fs = std::filesystem;

Error file_error(std::string_view what, const fs::path& path, const std::error_code& code) {
  return io_error(what, path, code.value());
}

class ParquetSink final : public Sink {
 public:
  ParquetSink(fs::path folder, std::string spec, SinkOptions options)
      : folder_(std::move(folder)), spec_(std::move(spec)), options_(std::move(options)) {
    options_.table.participants = true;
  }
  ~ParquetSink() override { drop_pending(); }

  Status open();
  Status append(const document::Record& record, const columns::RowContext& context) override;
  Status checkpoint(uint64_t sequence) override;
  Status finish() override;
  uint64_t rows() const override { return rows_; }
  const std::string& spec() const override { return spec_; }

 private:
  Status remove_beyond_commit() const;
  Status remove_parts_from(const PartName& first) const;
  Status open_part();
  Status close_part();
  void drop_pending();
  fs::path pending_path(size_t number) const;

  const fs::path folder_;
  const std::string spec_;
  SinkOptions options_;
  std::unique_ptr<columns::RecordWriter> writer_;  // of the last of pending_, unless that is closed
  std::vector<fs::path> pending_;                  // parts under their temporary names
  uint64_t rows_ = 0;
};

Status ParquetSink::open() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return file_error("cannot create", folder_, error);
  return remove_beyond_commit();
}

// What a run that was cut off left: temporary files, and parts of commits that the catalog does not have.
Status ParquetSink::remove_beyond_commit() const {
  std::error_code error;
  const std::string temporary = pending_path(0).filename().string();
  const std::string prefix = temporary.substr(0, temporary.rfind('-') + 1);
  for (auto entry = fs::directory_iterator(folder_, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto part = PartName::parse(name, options_.owner);
    const bool is_stale =
        (part && part->sequence > options_.committed) || (name.starts_with(prefix) && name.ends_with(".tmp"));
    if (!is_stale) continue;
    std::error_code removal;
    fs::remove(entry->path(), removal);
    if (removal) return file_error("cannot remove", entry->path(), removal);
  }
  if (error) return file_error("cannot list", folder_, error);
  return sync_folder(folder_);
}

fs::path ParquetSink::pending_path(size_t number) const {
  return folder_ / fmt::format(".part-{}-{}.tmp", options_.owner, number);
}

Status ParquetSink::append(const document::Record& record, const columns::RowContext& context) {
  if (!writer_) RETURN_IF_ERROR(open_part());
  RETURN_IF_ERROR(writer_->append(record, context));
  ++rows_;
  std::error_code error;
  if (writer_->rows() < options_.part_rows_max &&
      (writer_->rows() % 256 != 0 || fs::file_size(pending_.back(), error) < options_.part_bytes_max)) {
    return {};
  }
  return close_part();
}

Status ParquetSink::open_part() {
  const fs::path path = pending_path(pending_.size());
  ASSIGN_OR_RETURN(writer_, columns::RecordWriter::create(path, options_.table));
  pending_.push_back(path);
  return {};
}

Status ParquetSink::close_part() {
  if (!writer_) return {};
  const auto writer = std::move(writer_);
  return writer->finish();
}

Status ParquetSink::checkpoint(uint64_t sequence) {
  RETURN_IF_ERROR(close_part());
  PartName name{.owner = options_.owner, .sequence = sequence};
  for (const fs::path& path : pending_) {
    const fs::path target = folder_ / name.file_name();
    std::error_code error;
    fs::rename(path, target, error);
    if (error) return file_error("cannot rename to", target, error);
    ++name.piece;
  }
  pending_.clear();
  RETURN_IF_ERROR(remove_parts_from(name));
  return sync_folder(folder_);
}

// An earlier attempt at the same commit may have had more pieces.
Status ParquetSink::remove_parts_from(const PartName& first) const {
  std::error_code error;
  for (PartName name = first; fs::remove(folder_ / name.file_name(), error); ++name.piece) continue;
  if (error) return file_error("cannot remove", folder_ / first.file_name(), error);
  return {};
}

Status ParquetSink::finish() {
  drop_pending();
  return {};
}

void ParquetSink::drop_pending() {
  writer_.reset();
  std::error_code ignored;
  for (const fs::path& path : pending_) fs::remove(path, ignored);
  pending_.clear();
}

}  // namespace

Result<std::unique_ptr<Sink>> open_parquet_sink(const fs::path& folder, std::string spec, SinkOptions options) {
  auto sink = std::make_unique<ParquetSink>(folder, std::move(spec), std::move(options));
  RETURN_IF_ERROR(sink->open());
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace custos::sink
