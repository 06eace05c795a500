#include <fmt/format.h>

#include <utility>

#include "base/file.h"
#include "sink/jsonl/commit_state.h"
#include "sink/jsonl/record_json.h"
#include "sink/sink_factory.h"

namespace custos::sink {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBufferBytesMax = 1 << 20;

class JsonlSink final : public Sink {
 public:
  JsonlSink(std::string spec, SinkOptions options)
      : spec_(std::move(spec)), options_(std::move(options)), state_(options_.owner) {}

  Status open(const std::string& file);
  Status append(const document::Record& record, const columns::RowContext& context) override;
  Status checkpoint(uint64_t sequence) override;
  Status finish() override;
  uint64_t rows() const override { return rows_; }
  const std::string& spec() const override { return spec_; }

 private:
  Status resume();
  Status flush();

  const std::string spec_;
  const SinkOptions options_;
  CommitState state_;
  File file_;
  fs::path state_path_;
  bool is_regular_ = false;
  uint64_t written_ = 0;    // bytes of the file
  uint64_t committed_ = 0;  // of them, those of commits
  uint64_t rows_ = 0;
  JsonWriter line_;
  std::string buffer_;
};

Status JsonlSink::open(const std::string& file) {
  const fs::path path = file == "-" ? "/dev/stdout" : fs::path(file);
  std::error_code ignored;
  is_regular_ = file != "-" && (!fs::exists(path, ignored) || fs::is_regular_file(path, ignored));
  if (is_regular_ && path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
  ASSIGN_OR_RETURN(file_, File::open_append(path));
  if (!is_regular_) return {};
  state_path_ = file + ".state";
  return resume();
}

// Cuts off what the catalog does not have. Where nothing is known of the file, all that is there now is somebody's.
Status JsonlSink::resume() {
  ASSIGN_OR_RETURN(const uint64_t size, file_.size());
  ASSIGN_OR_RETURN(auto state, CommitState::load(state_path_, options_.owner));
  const auto last = state ? state->last_up_to(options_.committed) : std::nullopt;
  if (last && last->bytes > size) {
    return Error{Code::kCorrupt,
                 fmt::format("{} has {} bytes, but commit {} ended at {}: it was cut short; move it and {} away",
                             file_.path().string(), size, last->sequence, last->bytes, state_path_.string())};
  }
  written_ = committed_ = last ? last->bytes : size;
  if (written_ < size) RETURN_IF_ERROR(file_.truncate(written_));
  state_.add({options_.committed, committed_});
  return state_.save(state_path_);
}

Status JsonlSink::append(const document::Record& record, const columns::RowContext& context) {
  line_.clear();
  write_record(line_, record, context);
  buffer_ += line_.text();
  buffer_ += '\n';
  ++rows_;
  return buffer_.size() < kBufferBytesMax ? Status() : flush();
}

Status JsonlSink::flush() {
  RETURN_IF_ERROR(file_.write(buffer_));
  written_ += buffer_.size();
  buffer_.clear();
  return {};
}

Status JsonlSink::checkpoint(uint64_t sequence) {
  RETURN_IF_ERROR(flush());
  committed_ = written_;
  if (!is_regular_) return {};
  RETURN_IF_ERROR(file_.sync());
  state_.add({sequence, committed_});
  return state_.save(state_path_);
}

Status JsonlSink::finish() {
  buffer_.clear();
  if (!is_regular_ || written_ == committed_) return {};
  RETURN_IF_ERROR(file_.truncate(committed_));
  written_ = committed_;
  return file_.sync();
}

}  // namespace

Result<std::unique_ptr<Sink>> open_jsonl_sink(const std::string& file, std::string spec, SinkOptions options) {
  auto sink = std::make_unique<JsonlSink>(std::move(spec), std::move(options));
  RETURN_IF_ERROR(sink->open(file));
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace custos::sink
