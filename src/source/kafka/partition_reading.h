// One partition being read: where it stands, and what becomes of its messages and of the offsets without one.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "client/kafka_consumer.h"
#include "source/source.h"

namespace custos::source {

// A message that is gone before it was read is told apart from one that never was.
inline constexpr std::string_view kDeletedReason = "deleted by the broker's retention before it was read";

// The file of a partition is "topic/partition"; its bytes are its offsets. FileState::resume is the next offset. While
// the last item was a message, head_hash is its hash (and head_bytes 1), so that a topic that was made anew under the
// same name is noticed.
class PartitionReading {
 public:
  PartitionReading(client::KafkaPartition partition, uint64_t document_bytes_max);

  // Where reading begins; `marks` are what the broker has. May have items about offsets that it has no more.
  [[nodiscard]] client::KafkaPosition start(const std::optional<FileState>& committed, client::KafkaWatermarks marks);
  // Where to go on after an offset that was not there.
  [[nodiscard]] client::KafkaPosition restart(client::KafkaWatermarks marks);
  // The topic is another one of the same name: from its beginning, as a new generation.
  [[nodiscard]] client::KafkaPosition begin_anew(client::KafkaWatermarks marks);

  enum class Taken {
    kDone,
    kFileEvent,   // finish_event() is to follow, once the file is read
    kOtherTopic,  // the message is not the one that was read before: begin_anew() is to follow
  };
  // What the message is, and the offsets before it that hold none, become items.
  [[nodiscard]] Taken take(const client::KafkaMessage& message);
  // REQUIRES: the last message was a file event. The URI that it names.
  [[nodiscard]] const std::string& event_uri() const { return event_uri_; }
  // Before `offset`, where nothing more is for now, there is no message either.
  void reach_end(uint64_t offset);
  void finish_event(std::string reason, bool failed);

  [[nodiscard]] const client::KafkaPartition& partition() const { return partition_; }
  [[nodiscard]] const std::string& file() const { return file_; }
  // Everything before `offset` is read, and known to be of the topic that was read before.
  [[nodiscard]] bool has_reached(uint64_t offset) const { return state_.resume >= offset && !is_unproved_; }
  [[nodiscard]] uint64_t event_offset() const { return state_.resume; }  // of a file event that is being read
  // Items in order, to be handed out.
  [[nodiscard]] std::optional<Item> next_item();

 private:
  [[nodiscard]] document::Place place(uint64_t begin, uint64_t end) const { return {file_, begin, end}; }
  // The state goes on to `end`, and an item says so.
  void add(std::variant<std::monostate, document::RawDocument, document::SkippedSpan> what, uint64_t end);
  void skip(uint64_t end, std::string_view reason, bool failed);

  client::KafkaPartition partition_;
  std::string file_;
  uint64_t document_bytes_max_;
  FileState state_;
  bool is_first_read_ = false;  // nothing was ever committed
  bool is_unproved_ = false;    // the message before `resume` is yet to be seen to be the one that was read
  uint64_t message_hash_ = 0;
  std::string event_uri_;
  std::deque<Item> items_;
};

}  // namespace custos::source
