// A topic of Kafka as a SOURCE: each message a document, or a file that it names.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "client/kafka_options.h"
#include "source/kafka/dead_letters.h"
#include "source/kafka/feed.h"
#include "source/kafka/partition_reading.h"
#include "source/source.h"

namespace custos::source {

// Opens the file that a file event names, with what was committed of what is in it.
using FileOpener = std::function<Result<std::unique_ptr<Source>>(const std::filesystem::path& path, FileLookup lookup)>;

// next() returns after 50 ms, with a pause where nothing came. A partition that is to go to another reader is kept
// until everything that was handed out of it is committed, revoke_wait_ms at most.
class KafkaSource : public Source {
 public:
  // `url` as parse_kafka_url takes it. kNotFound where there is no such topic, kIo where no broker answers.
  [[nodiscard]] static Result<std::unique_ptr<Source>> open(const std::string& url, const SourceOptions& options,
                                                            FileLookup lookup, FileOpener opener);

  [[nodiscard]] Result<std::optional<Item>> next() override;
  [[nodiscard]] SourceProgress progress() const override { return {.bytes_read = bytes_read_}; }
  void rejected(const Rejection& rejection) override;
  [[nodiscard]] Status before_commit() override { return dead_letters_.flush(); }
  void committed(const std::string& file, const FileState& state) override;

 private:
  using Clock = std::chrono::steady_clock;
  // The last item handed out of a partition, until it is committed.
  struct HandedOut {
    std::string file;
    FileState state;
  };
  struct Partition {
    PartitionReading reading;
    std::optional<uint64_t> ends_at;  // of until_end
  };
  struct OpenFile {
    client::KafkaPartition partition;
    std::string prefix;  // of the names of what is in it: "topic/partition@offset/"
    std::unique_ptr<Source> source;
  };
  struct Leaving {
    std::vector<client::KafkaPartition> partitions;
    Clock::time_point deadline;
  };

  KafkaSource(std::string url, std::string topic, SourceOptions options, FileLookup lookup, FileOpener opener,
              std::unique_ptr<client::KafkaConsumer> consumer, std::string dead_letter_topic);

  [[nodiscard]] std::optional<Item> ready_item();
  [[nodiscard]] Item hand_out(const client::KafkaPartition& partition, Item item);
  [[nodiscard]] Result<std::optional<Item>> next_of_file();
  [[nodiscard]] Status react(Delivery delivery);
  [[nodiscard]] Status on_assigned(const std::vector<client::KafkaPartition>& partitions);
  void forget(const std::vector<client::KafkaPartition>& partitions);
  [[nodiscard]] Status on_message(const client::KafkaMessage& message);
  [[nodiscard]] Status on_file_event(Partition& partition);
  // True when all that leave have left; else after a moment.
  [[nodiscard]] Result<bool> let_leave();
  [[nodiscard]] bool is_at_end() const;

  const std::string topic_;
  const SourceOptions options_;
  FileLookup lookup_;
  FileOpener opener_;
  DeadLetters dead_letters_;
  std::map<client::KafkaPartition, Partition> partitions_;
  std::optional<client::KafkaPartition> current_;  // may have items to be handed out
  std::optional<OpenFile> file_;
  std::optional<Leaving> leaving_;
  bool was_assigned_ = false;
  std::atomic<uint64_t> bytes_read_{0};

  std::mutex mutex_;
  std::condition_variable committed_;
  std::map<client::KafkaPartition, HandedOut> handed_out_;
  Feed feed_;  // goes first: its thread and messages are of the consumer
};

}  // namespace custos::source
