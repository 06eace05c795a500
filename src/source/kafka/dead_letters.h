// Tells a topic of messages that failed: where and why, never what they said.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "client/kafka_producer.h"
#include "source/source.h"

namespace custos::source {

// One thread at a time. Connects when there is something to tell, and makes the topic where it is missing. After a
// crash a message may be told of twice: the key is the same.
class DeadLetters {
 public:
  // `topic` "": nobody is told.
  DeadLetters(client::KafkaOptions connection, std::string topic, std::string archive_source)
      : connection_(std::move(connection)), topic_(std::move(topic)), archive_source_(std::move(archive_source)) {}

  // REQUIRES: the place's path is "topic/partition", its begin the offset.
  void add(const Rejection& rejection);
  // All of them are acknowledged, or an error says why one is not.
  [[nodiscard]] Status flush();

 private:
  [[nodiscard]] Status send(const Rejection& rejection);

  client::KafkaOptions connection_;
  std::string topic_;
  std::string archive_source_;
  std::unique_ptr<client::KafkaProducer> producer_;
  std::optional<Error> error_;
};

}  // namespace custos::source
