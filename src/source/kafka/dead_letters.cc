#include "source/kafka/dead_letters.h"

#include <utility>

#include "base/json_writer.h"
#include "client/kafka_admin.h"

namespace custos::source {
namespace {

constexpr std::chrono::seconds kFlushMax{60};

}  // namespace

void DeadLetters::add(const Rejection& rejection) {
  if (topic_.empty() || error_) return;
  if (const Status sent = send(rejection); !sent.ok()) error_ = sent.error();
}

Status DeadLetters::send(const Rejection& rejection) {
  if (!producer_) {
    RETURN_IF_ERROR(client::ensure_topic(connection_, {topic_}));
    ASSIGN_OR_RETURN(producer_, client::KafkaProducer::open(connection_, {}));
  }
  const std::string& path = rejection.place.path;
  const size_t slash = path.rfind('/');
  const std::string offset = std::to_string(rejection.place.begin);
  JsonWriter json;
  json.begin_object().key("topic").value(path.substr(0, slash)).key("partition").raw(path.substr(slash + 1));
  json.key("offset").raw(offset).key("reason").value(rejection.reason).key("sha256");
  rejection.sha256 ? json.value(rejection.sha256->hex()) : json.null();
  json.key("bytes");
  rejection.sha256 ? json.value(rejection.bytes) : json.null();
  json.key("archive_source").value(archive_source_).end_object();
  return producer_->send(topic_, {path + "/" + offset, json.text(), {}});
}

Status DeadLetters::flush() {
  if (error_) return *std::exchange(error_, std::nullopt);
  return producer_ ? producer_->flush(kFlushMax) : Status();
}

}  // namespace custos::source
