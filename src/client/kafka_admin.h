// Makes and removes topics of Kafka, and asks for their settings.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "client/kafka_options.h"

namespace custos::client {

struct KafkaTopic {
  std::string name;
  int32_t partitions = -1;                                    // -1: the broker's default
  int32_t replicas = -1;                                      // the same
  std::vector<std::pair<std::string, std::string>> settings;  // "cleanup.policy": "compact" …
};

// Each connects, asks and goes, within 30 s. Errors: kConflict where a topic to be made is there already, kNotFound
// where one is not there, kIo else.
[[nodiscard]] Status create_topic(const KafkaOptions& connection, const KafkaTopic& topic);
// The same, but content with one that is there.
[[nodiscard]] Status ensure_topic(const KafkaOptions& connection, const KafkaTopic& topic);
[[nodiscard]] Status delete_topic(const KafkaOptions& connection, const std::string& name);
// As retention would: everything before `position` goes.
[[nodiscard]] Status delete_records(const KafkaOptions& connection, const KafkaPosition& position);
// A setting in force, of the topic or by default: "max.message.bytes".
[[nodiscard]] Result<std::string> topic_setting(const KafkaOptions& connection, const std::string& topic,
                                                const std::string& setting);

}  // namespace custos::client
