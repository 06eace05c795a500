// The name of a topic as a SOURCE.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace custos::source {

struct KafkaUrl {
  std::string brokers;  // "host:port,host:port"
  std::string topic;
  std::string group = "custos";
};

[[nodiscard]] bool is_kafka_url(std::string_view source);
// "kafka://broker:port,broker:port/topic?group=NAME". kInvalidArgument says what is wrong; a user name or password in
// it is refused, for a SOURCE is shown and stored.
[[nodiscard]] Result<KafkaUrl> parse_kafka_url(std::string_view source);

}  // namespace custos::source
