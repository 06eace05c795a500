// What every connection to Kafka is told, and the names of the things there.
#pragma once

#include <compare>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace custos::client {

struct KafkaOptions {
  std::string brokers;  // "host:port,host:port": some of the cluster's, the others are found through them
  std::string client_id = "custos";
  std::string security_protocol = "plaintext";  // plaintext, ssl, sasl_plaintext, sasl_ssl
  std::string sasl_mechanism;                   // PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 …; "" without SASL
  std::string sasl_username;
  // Its first line is the password; "": $CUSTOS_KAFKA_PASSWORD. There is no setting for the password itself, so that it
  // stands in no configuration, no list of processes and no log.
  std::filesystem::path sasl_password_file;
  std::filesystem::path ca_file;           // PEM; "": the system's
  std::filesystem::path certificate_file;  // PEM, with key_file: who we are
  std::filesystem::path key_file;
  uint32_t connect_timeout_ms = 15'000;  // for the first broker to answer; a later loss is waited out
  // "key=value" of librdkafka's CONFIGURATION.md, for what has no field here. Those that Custos relies on are refused.
  std::vector<std::string> properties;
};

struct KafkaPartition {
  std::string topic;
  int32_t partition = 0;

  auto operator<=>(const KafkaPartition&) const = default;
};

struct KafkaPosition {
  KafkaPartition partition;
  int64_t offset = 0;  // of the message to be read next
};

// Offsets [low, high) of a partition: what the broker still has, without the holes of compaction and transactions.
struct KafkaWatermarks {
  int64_t low = 0;
  int64_t high = 0;
};

}  // namespace custos::client
