#include "sink/kafka/commit_marker.h"

#include <charconv>
#include <chrono>
#include <functional>
#include <utility>

#include "base/digest.h"
#include "base/json_reader.h"
#include "base/json_writer.h"

namespace custos::sink {
namespace {

using client::KafkaMessage;
using Clock = std::chrono::steady_clock;

constexpr auto kReadMax = std::chrono::seconds(120);
constexpr size_t kBatchMax = 1000;

std::optional<int64_t> number_of(const JsonValue& value) {
  const auto text = value.whole_number();
  int64_t number = 0;
  if (!text || std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc()) {
    return std::nullopt;
  }
  return number;
}

// Every message of the topic from `begins` to where the partitions end now. A partition without a begin: from 0.
Status read_all(client::KafkaConsumer& consumer, const std::string& topic, const std::vector<int64_t>& begins,
                const std::function<void(const KafkaMessage&)>& take) {
  std::vector<client::KafkaPosition> positions;
  std::vector<int64_t> left;
  size_t unfinished = 0;
  ASSIGN_OR_RETURN(const std::vector<int64_t> ends, ends_of(consumer, topic));
  for (size_t i = 0; i < ends.size(); ++i) {
    const client::KafkaPartition partition{topic, static_cast<int32_t>(i)};
    ASSIGN_OR_RETURN(const client::KafkaWatermarks marks, consumer.watermarks(partition));
    const int64_t begin = std::max(i < begins.size() ? begins[i] : 0, marks.low);
    left.push_back(begin < ends[i] ? ends[i] : 0);
    if (begin >= ends[i]) continue;
    positions.push_back({partition, begin});
    ++unfinished;
  }
  if (unfinished == 0) return {};
  RETURN_IF_ERROR(consumer.read_from(positions));
  const auto deadline = Clock::now() + kReadMax;
  while (unfinished != 0) {
    if (Clock::now() > deadline) {
      return Error{Code::kIo, "Kafka: " + topic +
                                  " could not be read to its end in 120 s; another producer may hold a "
                                  "transaction open there"};
    }
    ASSIGN_OR_RETURN(const client::KafkaEvent event, consumer.poll(std::chrono::milliseconds(100), kBatchMax));
    for (const KafkaMessage& message : event.messages) {
      int64_t& end = left[static_cast<size_t>(message.partition())];
      const bool is_message = message.kind() == KafkaMessage::Kind::kMessage;
      if (is_message) take(message);
      if (end == 0 || message.offset() + (is_message ? 1 : 0) < end) continue;
      end = 0;
      --unfinished;
    }
  }
  return consumer.read_from({});
}

}  // namespace

std::string CommitMarker::json() const {
  JsonWriter json;
  json.begin_object().key("sequence").value(sequence).key("ahead").value(is_ahead).key("begins").begin_array();
  for (const int64_t begin : begins) json.value(begin);
  json.end_array().end_object();
  return json.take();
}

Result<CommitMarker> CommitMarker::parse(std::string_view json) {
  const Error corrupt{Code::kCorrupt, "Kafka: a marker in the topic of commits cannot be read"};
  const auto document = JsonDocument::parse(json);
  if (!document.ok()) return corrupt;
  const auto sequence = document->root().member("sequence");
  const auto ahead = document->root().member("ahead");
  const auto begins = document->root().member("begins");
  if (!sequence || !number_of(*sequence) || !ahead || !begins || !begins->is_array()) return corrupt;
  CommitMarker marker{static_cast<uint64_t>(*number_of(*sequence)), ahead->text() == "true", {}};
  begins->for_each([&](JsonValue begin) { marker.begins.push_back(number_of(begin).value_or(0)); });
  return marker;
}

Result<std::optional<CommitMarker>> read_marker(client::KafkaConsumer& consumer, const std::string& commits,
                                                const std::string& owner) {
  std::optional<std::string> last;
  RETURN_IF_ERROR(read_all(consumer, commits, {}, [&](const KafkaMessage& message) {
    if (message.key() == owner && message.value()) last = *message.value();
  }));
  if (!last) return std::optional<CommitMarker>();
  ASSIGN_OR_RETURN(CommitMarker marker, CommitMarker::parse(*last));
  return std::optional<CommitMarker>(std::move(marker));
}

Result<std::unordered_set<uint64_t>> read_keys(client::KafkaConsumer& consumer, const std::string& topic,
                                               const std::vector<int64_t>& begins, const std::string& owner) {
  std::unordered_set<uint64_t> keys;
  RETURN_IF_ERROR(read_all(consumer, topic, begins, [&](const KafkaMessage& message) {
    if (message.header(kArchiveHeader) == owner) keys.insert(hash64(message.key()));
  }));
  return keys;
}

Result<std::vector<int64_t>> ends_of(client::KafkaConsumer& consumer, const std::string& topic) {
  ASSIGN_OR_RETURN(const int32_t count, consumer.partition_count(topic));
  std::vector<int64_t> ends;
  for (int32_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const client::KafkaWatermarks marks, consumer.watermarks({topic, i}));
    ends.push_back(marks.high);
  }
  return ends;
}

}  // namespace custos::sink
