#include "store/segment/index_thread.h"

#include <utility>

#include "store/segment/segment_folder.h"

namespace custos::store {
namespace {

using document::Record;

constexpr size_t kBatchesMax = 4;
constexpr size_t kBatchRows = 64;
constexpr size_t kBatchBytes = 1 << 20;

// What IndexWriter reads.
Record indexed_part_of(const Record& record) {
  Record copy;
  copy.date = record.date;
  copy.subject = record.subject;
  copy.parts = record.parts;
  copy.chunks = record.chunks;
  return copy;
}

}  // namespace

Result<std::unique_ptr<IndexThread>> IndexThread::create(const std::filesystem::path& folder, bool index_subject) {
  ASSIGN_OR_RETURN(std::unique_ptr<IndexWriter> writer, IndexWriter::create(folder, index_subject));
  return std::unique_ptr<IndexThread>(new IndexThread(folder, std::move(writer)));
}

IndexThread::IndexThread(std::filesystem::path folder, std::unique_ptr<IndexWriter> writer)
    : folder_(std::move(folder)),
      writer_(std::move(writer)),
      queue_(kBatchesMax),
      thread_([this] { fault_ = run(); }) {}

IndexThread::~IndexThread() {
  queue_.abort();
  join();
}

void IndexThread::join() {
  if (thread_.joinable()) thread_.join();
}

Status IndexThread::run() {
  while (std::optional<Rows> rows = queue_.pop()) {
    for (const Row& row : *rows) {
      const Status appended = writer_->append(row.record, row.people);
      if (appended.ok()) continue;
      queue_.abort();
      return appended;
    }
  }
  return ended_ ? finish_files() : Status();
}

Status IndexThread::finish_files() {
  RETURN_IF_ERROR(writer_->finish());
  for (const char* const name : {kPostingsFile, kTextsFile}) {
    ASSIGN_OR_RETURN(ManifestFile file, describe_file(folder_ / name));
    files_.push_back(std::move(file));
  }
  return {};
}

Status IndexThread::append(const Record& record, const PersonNumbers& people) {
  waiting_.push_back({indexed_part_of(record), people});
  for (const document::RecordPart& part : record.parts) waiting_bytes_ += part.text.text().size();
  return waiting_.size() < kBatchRows && waiting_bytes_ < kBatchBytes ? Status() : hand_over();
}

Status IndexThread::hand_over() {
  waiting_bytes_ = 0;
  if (queue_.push(std::exchange(waiting_, {}))) return {};
  join();
  return fault_;
}

void IndexThread::end() {
  if (ended_) return;
  static_cast<void>(hand_over());  // its fault comes with finish()
  ended_ = true;
  queue_.close();
}

Result<std::vector<ManifestFile>> IndexThread::finish() {
  join();
  RETURN_IF_ERROR(fault_);
  return std::move(files_);
}

}  // namespace custos::store
