#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/digest.h"
#include "client/kafka_admin.h"
#include "client/kafka_consumer.h"
#include "client/kafka_producer.h"
#include "sink/jsonl/record_json.h"
#include "sink/kafka/commit_marker.h"
#include "sink/kafka/row_spool.h"
#include "sink/sink_factory.h"

namespace custos::sink {
namespace {

constexpr uint64_t kRowOverhead = 512;  // of a message: key, headers, and what the protocol adds

// Rows wait in a spool until their commit has a number. A run that dies between Kafka's commit and the catalog's comes
// back with the same documents, perhaps cut into other commits: rows that were sent already are told by their ids,
// which the sink reads back from where the marker says that they begin, and are not sent again.
class KafkaSink : public Sink {
 public:
  KafkaSink(std::string spec, SinkOptions options) : spec_(std::move(spec)), options_(std::move(options)) {}

  [[nodiscard]] Status open(const std::string& target);
  Status append(const document::Record& record, const columns::RowContext& context) override;
  Status checkpoint(uint64_t sequence) override;
  Status finish() override { return spool_.clear(); }
  [[nodiscard]] uint64_t rows() const override { return rows_; }
  [[nodiscard]] const std::string& spec() const override { return spec_; }

 private:
  [[nodiscard]] Status open_topics();
  [[nodiscard]] Status resume();
  [[nodiscard]] Status send_rows(const CommitMarker& marker);

  std::string spec_;
  SinkOptions options_;
  std::string topic_;
  std::string commits_;
  uint64_t row_bytes_max_ = 0;
  std::unique_ptr<client::KafkaConsumer> consumer_;
  std::unique_ptr<client::KafkaProducer> producer_;
  RowSpool spool_;
  std::unordered_set<uint64_t> sent_;  // keys of rows that Kafka has and the catalog may not have
  std::vector<int64_t> sent_begins_;   // where they begin
  JsonWriter line_;
  uint64_t rows_ = 0;
};

Status KafkaSink::open(const std::string& target) {
  const size_t slash = target.find('/');
  if (slash == 0 || slash == std::string::npos || slash + 1 == target.size()) {
    return Error{Code::kInvalidArgument, "a Kafka sink is kafka=BROKER:PORT,BROKER:PORT/TOPIC"};
  }
  options_.kafka.brokers = target.substr(0, slash);
  topic_ = target.substr(slash + 1);
  commits_ = topic_ + ".commits";
  RETURN_IF_ERROR(open_topics());
  return resume();
}

Status KafkaSink::open_topics() {
  RETURN_IF_ERROR(client::ensure_topic(options_.kafka, {topic_}));
  client::KafkaTopic commits{commits_, 1};
  commits.settings = {{"cleanup.policy", "compact"}};
  RETURN_IF_ERROR(client::ensure_topic(options_.kafka, commits));
  ASSIGN_OR_RETURN(const std::string most, client::topic_setting(options_.kafka, topic_, "max.message.bytes"));
  std::from_chars(most.data(), most.data() + most.size(), row_bytes_max_);
  ASSIGN_OR_RETURN(consumer_, client::KafkaConsumer::open(options_.kafka, {}));
  client::KafkaProducerOptions wanted;
  wanted.transactional_id = fmt::format("custos-{}-{}", options_.owner, topic_);
  wanted.message_bytes_max = row_bytes_max_;
  // From here on an earlier run can send no more, and what it left half done is aborted.
  ASSIGN_OR_RETURN(producer_, client::KafkaProducer::open(options_.kafka, wanted));
  return {};
}

Status KafkaSink::resume() {
  ASSIGN_OR_RETURN(const auto marker, read_marker(*consumer_, commits_, options_.owner));
  if (!marker || (marker->sequence <= options_.committed && !marker->is_ahead)) return {};
  ASSIGN_OR_RETURN(sent_, read_keys(*consumer_, topic_, marker->begins, options_.owner));
  sent_begins_ = marker->begins;
  return {};
}

Status KafkaSink::append(const document::Record& record, const columns::RowContext& context) {
  ++rows_;
  if (sent_.erase(hash64(record.id)) != 0) return {};
  line_.clear();
  write_record(line_, record, context);
  const uint64_t bytes = line_.text().size() + record.id.size() + kRowOverhead;
  if (bytes > row_bytes_max_) {
    return Error{Code::kLimit, fmt::format("Kafka: a record takes {} bytes, the topic {} takes {}: raise its "
                                           "max.message.bytes, and run the same command again",
                                           bytes, topic_, row_bytes_max_)};
  }
  return spool_.add(record.id, line_.text());
}

Status KafkaSink::send_rows(const CommitMarker& marker) {
  const std::string sequence = std::to_string(marker.sequence);
  const std::array<std::pair<std::string_view, std::string_view>, 2> headers = {
      {{kArchiveHeader, options_.owner}, {kCommitHeader, sequence}}};
  RETURN_IF_ERROR(spool_.for_each([&](std::string_view key, std::string_view value) {
    return producer_->send(topic_, {key, value, headers});
  }));
  RETURN_IF_ERROR(producer_->send(commits_, {options_.owner, marker.json(), headers}));
  return producer_->commit_transaction();
}

Status KafkaSink::checkpoint(uint64_t sequence) {
  CommitMarker marker{sequence, !sent_.empty(), {}};
  ASSIGN_OR_RETURN(marker.begins, ends_of(*consumer_, topic_));
  // Until every row that was sent too early has found its commit, a run that comes back must know of all of them.
  for (size_t i = 0; i < marker.begins.size() && !sent_begins_.empty(); ++i) {
    marker.begins[i] = i < sent_begins_.size() ? sent_begins_[i] : 0;
  }
  if (!marker.is_ahead) sent_begins_.clear();
  RETURN_IF_ERROR(producer_->begin_transaction());
  if (const Status sent = send_rows(marker); !sent.ok()) {
    static_cast<void>(producer_->abort_transaction());
    return sent;
  }
  return spool_.clear();
}

}  // namespace

Result<std::unique_ptr<Sink>> open_kafka_sink(const std::string& target, std::string spec, SinkOptions options) {
  auto sink = std::make_unique<KafkaSink>(std::move(spec), std::move(options));
  RETURN_IF_ERROR(sink->open(target));
  return std::unique_ptr<Sink>(std::move(sink));
}

}  // namespace custos::sink
