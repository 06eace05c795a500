#include "source/kafka/kafka_url.h"

#include <algorithm>
#include <cctype>

namespace custos::source {
namespace {

constexpr std::string_view kScheme = "kafka://";
constexpr size_t kNameBytesMax = 249;  // of a topic, says Kafka

Error refused(const std::string& why) {
  return {Code::kInvalidArgument, "a Kafka SOURCE is kafka://broker:port/topic?group=NAME: " + why};
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace

bool is_kafka_url(std::string_view source) { return source.starts_with(kScheme); }

Result<KafkaUrl> parse_kafka_url(std::string_view source) {
  if (!is_kafka_url(source)) return refused("the scheme is missing");
  source.remove_prefix(kScheme.size());
  if (source.find('@') != std::string_view::npos) {
    return refused("a user is named by kafka.sasl_username, not here");
  }
  KafkaUrl url;
  const size_t query = source.find('?');
  if (query != std::string_view::npos) {
    const std::string_view group = source.substr(query + 1);
    if (!group.starts_with("group=") || !is_name(group.substr(6))) return refused("behind '?' stands group=NAME alone");
    url.group = group.substr(6);
    source = source.substr(0, query);
  }
  const size_t slash = source.find('/');
  if (slash == 0 || slash == std::string_view::npos) return refused("a broker and a topic are needed");
  url.brokers = source.substr(0, slash);
  url.topic = source.substr(slash + 1);
  if (!is_name(url.topic)) return refused("a topic's name is of letters, digits, '.', '_' and '-'");
  return url;
}

}  // namespace custos::source
