#include "source/kafka/kafka_source.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "source/kafka/file_event.h"
#include "source/kafka/kafka_url.h"

namespace custos::source {
namespace {

using client::KafkaEvent;
using client::KafkaMessage;
using client::KafkaPartition;
using std::chrono::milliseconds;

constexpr milliseconds kWait{50};
constexpr std::string_view kTopicPlace = "{topic}";

Item pause_item() {
  Item item;
  item.is_pause = true;
  return item;
}

std::string dead_letter_topic(std::string pattern, const std::string& topic) {
  const size_t at = pattern.find(kTopicPlace);
  return at == std::string::npos ? pattern : pattern.replace(at, kTopicPlace.size(), topic);
}

// Of "topic/7" and "topic/7@12/inner/path".
std::optional<KafkaPartition> partition_of(const std::string& topic, std::string_view file) {
  if (!file.starts_with(topic) || file.size() <= topic.size() || file[topic.size()] != '/') return std::nullopt;
  KafkaPartition partition{topic, 0};
  const std::string_view number = file.substr(topic.size() + 1);
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), partition.partition);
  if (failure != std::errc()) return std::nullopt;
  return partition;
}

bool is_partition(std::string_view file) { return file.find('@') == std::string_view::npos; }

}  // namespace

KafkaSource::KafkaSource(std::string url, std::string topic, SourceOptions options, FileLookup lookup,
                         FileOpener opener, std::unique_ptr<client::KafkaConsumer> consumer,
                         std::string dead_letter_topic)
    : topic_(std::move(topic)),
      options_(std::move(options)),
      lookup_(std::move(lookup)),
      opener_(std::move(opener)),
      dead_letters_(options_.kafka.connection, std::move(dead_letter_topic), std::move(url)),
      feed_(std::move(consumer), options_.kafka.buffer_bytes_max) {}

Result<std::unique_ptr<Source>> KafkaSource::open(const std::string& url, const SourceOptions& options,
                                                  FileLookup lookup, FileOpener opener) {
  ASSIGN_OR_RETURN(const KafkaUrl parsed, parse_kafka_url(url));
  SourceOptions own = options;
  own.kafka.connection.brokers = parsed.brokers;
  client::KafkaConsumerOptions wanted;
  wanted.group = parsed.group;
  wanted.queue_bytes_max = 2 * own.kafka.buffer_bytes_max;
  wanted.max_poll_interval_ms = own.kafka.max_poll_interval_ms;
  ASSIGN_OR_RETURN(auto consumer, client::KafkaConsumer::open(own.kafka.connection, wanted));
  RETURN_IF_ERROR(consumer->partition_count(parsed.topic));
  RETURN_IF_ERROR(consumer->subscribe(parsed.topic));
  std::string letters = dead_letter_topic(own.kafka.dead_letter_topic, parsed.topic);
  return std::unique_ptr<Source>(new KafkaSource(url, parsed.topic, std::move(own), std::move(lookup),
                                                 std::move(opener), std::move(consumer), std::move(letters)));
}

Item KafkaSource::hand_out(const KafkaPartition& partition, Item item) {
  if (!item.file.empty()) {
    const std::scoped_lock lock(mutex_);
    handed_out_[partition] = {item.file, item.state};
  }
  return item;
}

std::optional<Item> KafkaSource::ready_item() {
  if (!current_) return std::nullopt;
  const auto found = partitions_.find(*current_);
  auto item = found == partitions_.end() ? std::nullopt : found->second.reading.next_item();
  if (item) return hand_out(found->first, std::move(*item));
  current_.reset();
  return std::nullopt;
}

Result<std::optional<Item>> KafkaSource::next_of_file() {
  auto item = file_->source->next();
  if (item.ok() && item->has_value()) {
    Item& inner = **item;
    if (!inner.file.empty()) inner.file.insert(0, file_->prefix);
    if (auto* raw = std::get_if<document::RawDocument>(&inner.what)) raw->place.path.insert(0, file_->prefix);
    if (auto* span = std::get_if<document::SkippedSpan>(&inner.what)) span->place.path.insert(0, file_->prefix);
    return std::optional<Item>(hand_out(file_->partition, std::move(inner)));
  }
  if (!item.ok() && item.error().code == Code::kIo) return item;
  Partition& partition = partitions_.at(file_->partition);
  item.ok() ? partition.reading.finish_event("file event", false)
            : partition.reading.finish_event("file event: " + item.error().message, true);
  current_ = file_->partition;
  file_.reset();
  return ready_item();
}

Result<std::optional<Item>> KafkaSource::next() {
  const auto deadline = Clock::now() + kWait;
  while (true) {
    if (leaving_) {
      ASSIGN_OR_RETURN(const bool have_left, let_leave());
      if (!have_left) return std::optional<Item>(pause_item());
    }
    if (!feed_.has_rebalance()) {
      if (auto item = ready_item()) return item;
      if (file_) return next_of_file();
      if (is_at_end()) return std::optional<Item>();
    }
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) return std::optional<Item>(pause_item());
    ASSIGN_OR_RETURN(Delivery delivery, feed_.take(left));
    RETURN_IF_ERROR(react(std::move(delivery)));
  }
}

Status KafkaSource::react(Delivery delivery) {
  switch (delivery.kind) {
    case KafkaEvent::Kind::kNothing:
      return {};
    case KafkaEvent::Kind::kMessages:
      return on_message(*delivery.message);
    case KafkaEvent::Kind::kAssigned:
      return on_assigned(delivery.partitions);
    case KafkaEvent::Kind::kRevoked:
      forget(delivery.partitions);
      leaving_ = {std::move(delivery.partitions), Clock::now() + milliseconds(options_.kafka.revoke_wait_ms)};
      return {};
    case KafkaEvent::Kind::kLost: {
      forget(delivery.partitions);
      const std::scoped_lock lock(mutex_);
      for (const KafkaPartition& each : delivery.partitions) handed_out_.erase(each);
      return {};
    }
  }
  return {};
}

Status KafkaSource::on_assigned(const std::vector<KafkaPartition>& partitions) {
  std::vector<client::KafkaPosition> positions;
  for (const KafkaPartition& each : partitions) {
    ASSIGN_OR_RETURN(const client::KafkaWatermarks marks, feed_.consumer().watermarks(each));
    Partition partition{PartitionReading(each, options_.document_bytes_max), std::nullopt};
    positions.push_back(partition.reading.start(lookup_(partition.reading.file()), marks));
    if (options_.kafka.until_end) partition.ends_at = static_cast<uint64_t>(marks.high);
    partitions_.insert_or_assign(each, std::move(partition));
  }
  was_assigned_ = true;
  return feed_.assign(positions);
}

void KafkaSource::forget(const std::vector<KafkaPartition>& partitions) {
  for (const KafkaPartition& each : partitions) {
    if (file_ && file_->partition == each) file_.reset();
    partitions_.erase(each);
  }
}

Result<bool> KafkaSource::let_leave() {
  {
    std::unique_lock lock(mutex_);
    const auto is_clear = [&] {
      return std::ranges::none_of(leaving_->partitions,
                                  [&](const KafkaPartition& each) { return handed_out_.contains(each); });
    };
    if (!committed_.wait_for(lock, kWait, is_clear) && Clock::now() < leaving_->deadline) return false;
    for (const KafkaPartition& each : leaving_->partitions) handed_out_.erase(each);
  }
  RETURN_IF_ERROR(feed_.unassign(leaving_->partitions));
  leaving_.reset();
  return true;
}

Status KafkaSource::on_message(const KafkaMessage& message) {
  const auto found = partitions_.find(KafkaPartition{topic_, message.partition()});
  if (found == partitions_.end()) return {};
  auto& [key, partition] = *found;
  current_ = key;
  if (message.kind() == KafkaMessage::Kind::kEnd) {
    partition.reading.reach_end(static_cast<uint64_t>(message.offset()));
    return {};
  }
  if (message.kind() == KafkaMessage::Kind::kOutOfRange) {
    ASSIGN_OR_RETURN(const client::KafkaWatermarks marks, feed_.consumer().watermarks(key));
    return feed_.seek(partition.reading.restart(marks));
  }
  bytes_read_ += message.value() ? message.value()->size() : 0;
  switch (partition.reading.take(message)) {
    case PartitionReading::Taken::kDone:
      return {};
    case PartitionReading::Taken::kFileEvent:
      return on_file_event(partition);
    case PartitionReading::Taken::kOtherTopic: {
      ASSIGN_OR_RETURN(const client::KafkaWatermarks marks, feed_.consumer().watermarks(key));
      return feed_.seek(partition.reading.begin_anew(marks));
    }
  }
  return {};
}

Status KafkaSource::on_file_event(Partition& partition) {
  PartitionReading& reading = partition.reading;
  const auto fail = [&](const Error& error) { reading.finish_event(error.message, true); };
  const auto path = file_event_path(reading.event_uri(), options_.kafka.file_root);
  if (!path.ok()) return fail(path.error()), Status();
  const std::string prefix = reading.file() + "@" + std::to_string(reading.event_offset()) + "/";
  auto opened = opener_(*path, [this, prefix](const std::string& file) { return lookup_(prefix + file); });
  // A server that is away or not to be trusted says nothing of the file: the run ends here, and the next one begins
  // with this event.
  const bool is_of_server =
      !opened.ok() && (opened.error().code == Code::kIo || opened.error().code == Code::kUntrusted);
  if (is_of_server) return opened.error();
  if (!opened.ok()) return fail({opened.error().code, "file event: " + opened.error().message}), Status();
  file_ = OpenFile{reading.partition(), prefix, std::move(*opened)};
  return {};
}

bool KafkaSource::is_at_end() const {
  if (!options_.kafka.until_end || !was_assigned_ || partitions_.empty()) return false;
  return std::ranges::all_of(partitions_,
                             [](const auto& each) { return each.second.reading.has_reached(*each.second.ends_at); });
}

void KafkaSource::rejected(const Rejection& rejection) {
  const bool is_message = is_partition(rejection.place.path) && rejection.reason != kDeletedReason;
  if (is_message) dead_letters_.add(rejection);
}

void KafkaSource::committed(const std::string& file, const FileState& state) {
  const auto partition = partition_of(topic_, file);
  if (!partition) return;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = handed_out_.find(*partition);
    if (found != handed_out_.end() && found->second.file == file && found->second.state == state) {
      handed_out_.erase(found);
      committed_.notify_all();
    }
  }
  if (!is_partition(file)) return;
  const client::KafkaPosition position{*partition, static_cast<int64_t>(state.resume)};
  // Only tools that watch the lag look at it: the archive's own state is what counts.
  static_cast<void>(feed_.consumer().commit(std::span(&position, 1)));
}

}  // namespace custos::source
