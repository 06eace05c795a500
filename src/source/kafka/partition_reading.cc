#include "source/kafka/partition_reading.h"

#include <algorithm>
#include <utility>

#include "base/digest.h"
#include "source/kafka/file_event.h"
#include "source/reader/reader.h"

namespace custos::source {
namespace {

constexpr std::string_view kNeverRead = "deleted by the broker before this archive first read it";
constexpr std::string_view kHole = "no message: compacted, or of a transaction";

uint64_t hash_of(const client::KafkaMessage& message) {
  return hash64(message.value().value_or(std::string_view()), static_cast<uint64_t>(message.timestamp_ms()));
}

}  // namespace

PartitionReading::PartitionReading(client::KafkaPartition partition, uint64_t document_bytes_max)
    : partition_(std::move(partition)),
      file_(partition_.topic + "/" + std::to_string(partition_.partition)),
      document_bytes_max_(document_bytes_max) {}

client::KafkaPosition PartitionReading::start(const std::optional<FileState>& committed,
                                              client::KafkaWatermarks marks) {
  is_first_read_ = !committed;
  state_ = committed.value_or(FileState{});
  const auto low = static_cast<uint64_t>(marks.low);
  if (state_.resume > static_cast<uint64_t>(marks.high)) return begin_anew(marks);
  if (state_.resume < low) return restart(marks);
  is_unproved_ = state_.head_bytes == 1 && state_.resume > low;
  return {partition_, static_cast<int64_t>(is_unproved_ ? state_.resume - 1 : state_.resume)};
}

client::KafkaPosition PartitionReading::restart(client::KafkaWatermarks marks) {
  const auto low = static_cast<uint64_t>(marks.low);
  if (state_.resume > static_cast<uint64_t>(marks.high)) return begin_anew(marks);
  if (is_unproved_ && state_.resume > low) return {partition_, static_cast<int64_t>(state_.resume - 1)};
  is_unproved_ = false;
  if (state_.resume < low) skip(low, is_first_read_ ? kNeverRead : kDeletedReason, !is_first_read_);
  return {partition_, static_cast<int64_t>(state_.resume)};
}

client::KafkaPosition PartitionReading::begin_anew(client::KafkaWatermarks marks) {
  state_ = FileState{.generation = state_.generation + 1};
  is_first_read_ = true;
  is_unproved_ = false;
  return restart(marks);
}

void PartitionReading::add(std::variant<std::monostate, document::RawDocument, document::SkippedSpan> what,
                           uint64_t end) {
  state_.resume = end;
  state_.head_bytes = message_hash_ == 0 ? 0 : 1;
  state_.head_hash = std::exchange(message_hash_, 0);
  is_first_read_ = false;
  Item item;
  item.what = std::move(what);
  item.file = file_;
  item.state = state_;
  items_.push_back(std::move(item));
}

void PartitionReading::skip(uint64_t end, std::string_view reason, bool failed) {
  add(document::SkippedSpan{place(state_.resume, end), std::string(reason), failed}, end);
}

PartitionReading::Taken PartitionReading::take(const client::KafkaMessage& message) {
  const auto offset = static_cast<uint64_t>(message.offset());
  const bool was_unproved = std::exchange(is_unproved_, false);
  if (was_unproved && offset + 1 == state_.resume && hash_of(message) != state_.head_hash) return Taken::kOtherTopic;
  if (offset < state_.resume) return Taken::kDone;
  if (offset > state_.resume) skip(offset, kHole, false);
  message_hash_ = hash_of(message);
  const auto value = message.value();
  if (!value) {
    skip(offset + 1, "no value", false);
  } else if (value->size() > document_bytes_max_) {
    skip(offset + 1, too_large(document_bytes_max_), true);
  } else if (auto uri = file_event_uri(*value)) {
    event_uri_ = std::move(*uri);
    return Taken::kFileEvent;
  } else {
    add(document::RawDocument{document::RawKind::kRecord, place(offset, offset + 1), std::string(*value), {}},
        offset + 1);
  }
  return Taken::kDone;
}

void PartitionReading::finish_event(std::string reason, bool failed) { skip(state_.resume + 1, reason, failed); }

void PartitionReading::reach_end(uint64_t offset) {
  is_unproved_ = false;
  if (offset > state_.resume) skip(offset, kHole, false);
}

std::optional<Item> PartitionReading::next_item() {
  if (items_.empty()) return std::nullopt;
  std::optional<Item> item(std::move(items_.front()));
  items_.pop_front();
  return item;
}

}  // namespace custos::source
