#include "client/kafka/handle.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <thread>

#include "base/file.h"

namespace custos::client {
namespace {

constexpr uint64_t kPasswordBytesMax = 64 << 10;
constexpr int kAskMs = 1000;
constexpr size_t kReasonBytes = 512;
constexpr int kLogError = 3;  // syslog's LOG_ERR

// These come from options of their own.
constexpr std::array<std::string_view, 4> kSecrets = {"sasl.password", "ssl.key.password", "ssl.key.pem",
                                                      "ssl.keystore.password"};

Listener* listener_of(const rd_kafka_t* handle) { return static_cast<Listener*>(rd_kafka_opaque(handle)); }

void on_log(const rd_kafka_t* handle, int level, const char*, const char* text) {
  if (level <= kLogError && handle != nullptr && listener_of(handle) != nullptr) listener_of(handle)->note(text);
}

void on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* list, void* opaque) {
  static_cast<Listener*>(opaque)->on_rebalance(handle, code, list);
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  static_cast<Listener*>(opaque)->on_delivery(*message);
}

void on_error(rd_kafka_t*, int, const char* reason, void* opaque) { static_cast<Listener*>(opaque)->note(reason); }

Result<std::string> password_of(const KafkaOptions& options) {
  if (options.sasl_password_file.empty()) {
    const char* const given = std::getenv("CUSTOS_KAFKA_PASSWORD");
    return std::string(given == nullptr ? "" : given);
  }
  ASSIGN_OR_RETURN(std::string text, read_file(options.sasl_password_file, kPasswordBytesMax));
  return text.substr(0, text.find_first_of("\r\n"));
}

bool begins_with_sasl(std::string_view protocol) {
  return protocol.starts_with("sasl") || protocol.starts_with("SASL");
}
bool ends_with_ssl(std::string_view protocol) { return protocol.ends_with("ssl") || protocol.ends_with("SSL"); }

// Settings that would have no effect are refused: who names an authority or a user believes that they are asked for.
Status check_protection(const KafkaOptions& options) {
  const auto refused = [&](std::string_view what) {
    return Error{Code::kInvalidArgument,
                 fmt::format("kafka.security_protocol is {}: {}", options.security_protocol, what)};
  };
  const bool has_files = !options.ca_file.empty() || !options.certificate_file.empty() || !options.key_file.empty();
  if (has_files && !ends_with_ssl(options.security_protocol)) {
    return refused("kafka.ca_file, kafka.certificate_file and kafka.key_file are for ssl and sasl_ssl");
  }
  if (options.certificate_file.empty() != options.key_file.empty()) {
    return refused("kafka.certificate_file and kafka.key_file belong together");
  }
  const bool names_user =
      !options.sasl_mechanism.empty() || !options.sasl_username.empty() || !options.sasl_password_file.empty();
  if (names_user && !begins_with_sasl(options.security_protocol)) {
    return refused(
        "kafka.sasl_mechanism, kafka.sasl_username and kafka.sasl_password_file are for sasl_ssl and "
        "sasl_plaintext");
  }
  if (begins_with_sasl(options.security_protocol) && options.sasl_mechanism.empty()) {
    return refused("it wants kafka.sasl_mechanism: SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN");
  }
  return {};
}

// librdkafka says "BIO lib" of a file that is not there.
Status check_readable(const char* setting, const std::filesystem::path& file) {
  if (file.empty() || ::access(file.c_str(), R_OK) == 0) return {};
  return Error{Code::kInvalidArgument,
               fmt::format("{}: {}: {}", setting, file.string(), std::generic_category().message(errno))};
}

Result<Properties> connection_properties(const KafkaOptions& options) {
  RETURN_IF_ERROR(check_protection(options));
  RETURN_IF_ERROR(check_readable("kafka.ca_file", options.ca_file));
  RETURN_IF_ERROR(check_readable("kafka.certificate_file", options.certificate_file));
  RETURN_IF_ERROR(check_readable("kafka.key_file", options.key_file));
  Properties all = {{"bootstrap.servers", options.brokers},
                    {"client.id", options.client_id},
                    {"security.protocol", options.security_protocol}};
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) all.emplace_back(name, value);
  };
  add("sasl.mechanism", options.sasl_mechanism);
  add("sasl.username", options.sasl_username);
  if (begins_with_sasl(options.security_protocol)) {
    ASSIGN_OR_RETURN(const std::string password, password_of(options));
    add("sasl.password", password);
  }
  add("ssl.ca.location", options.ca_file.string());
  add("ssl.certificate.location", options.certificate_file.string());
  add("ssl.key.location", options.key_file.string());
  return all;
}

Status check_property(std::string_view name, const Properties& reserved) {
  if (std::ranges::find(kSecrets, name) != kSecrets.end()) {
    return Error{Code::kInvalidArgument,
                 fmt::format("kafka.properties: {} is a secret; it comes from kafka.sasl_password_file or from "
                             "$CUSTOS_KAFKA_PASSWORD, and a key file must be readable without a password",
                             name)};
  }
  if (std::ranges::find(reserved, name, &std::pair<std::string, std::string>::first) != reserved.end()) {
    return Error{Code::kInvalidArgument, fmt::format("kafka.properties: {} is set by Custos", name)};
  }
  return {};
}

// The text of librdkafka's own error may hold the value, so for a property with a secret it is left out.
Status set_property(rd_kafka_conf_t* conf, const std::string& name, const std::string& value) {
  std::array<char, kReasonBytes> reason{};
  if (rd_kafka_conf_set(conf, name.c_str(), value.c_str(), reason.data(), reason.size()) == RD_KAFKA_CONF_OK) return {};
  const bool is_secret = name.find("password") != std::string::npos;
  return Error{Code::kInvalidArgument,
               fmt::format("Kafka's setting {}: {}", name, is_secret ? "it was refused" : reason.data())};
}

Status apply(rd_kafka_conf_t* conf, const KafkaOptions& options, const Properties& own) {
  ASSIGN_OR_RETURN(Properties all, connection_properties(options));
  all.insert(all.end(), own.begin(), own.end());
  for (const auto& [name, value] : all) RETURN_IF_ERROR(set_property(conf, name, value));
  for (const std::string& property : options.properties) {
    const size_t equals = property.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{Code::kInvalidArgument, "kafka.properties: each is written as \"key=value\""};
    }
    const std::string name = property.substr(0, equals);
    RETURN_IF_ERROR(check_property(name, all));
    RETURN_IF_ERROR(set_property(conf, name, property.substr(equals + 1)));
  }
  return {};
}

std::string_view advice_for(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return "; put the document into S3 and send a file event {\"s3_uri\": …} instead, or raise the topic's "
             "max.message.bytes";
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return "; make the topic, or correct its name";
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
      return "; check kafka.sasl_username and the password";
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
      return "; this user needs a right (ACL) for it";
    case RD_KAFKA_RESP_ERR__SSL:
      return "; check kafka.ca_file, kafka.certificate_file and kafka.key_file";
    default:
      return {};
  }
}

// What librdkafka says of a broker that it goes on asking, and that will refuse it every time.
struct Refusal {
  std::string_view words;
  rd_kafka_resp_err_t code;
  std::string_view advice;
};
constexpr std::array<Refusal, 4> kRefusals = {{
    {"certificate verify failed", RD_KAFKA_RESP_ERR__SSL,
     "; no authority in kafka.ca_file signed the broker's certificate for this name"},
    {"SSL alert", RD_KAFKA_RESP_ERR__SSL,
     "; the broker does not take our certificate: check kafka.certificate_file and kafka.key_file"},
    {"nsupported SASL mechanism", RD_KAFKA_RESP_ERR__AUTHENTICATION, "; check kafka.sasl_mechanism"},
    {"uthentication", RD_KAFKA_RESP_ERR__AUTHENTICATION, "; check kafka.sasl_username and the password"},
}};

Code code_of(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return Code::kLimit;
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      return Code::kNotFound;
    case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS:
    case RD_KAFKA_RESP_ERR__FENCED:
    case RD_KAFKA_RESP_ERR_PRODUCER_FENCED:
    case RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH:
      return Code::kConflict;
    default:
      return Code::kIo;
  }
}

}  // namespace

void Listener::note(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  note_ = text;
}

std::string Listener::last_note() const {
  const std::scoped_lock lock(mutex_);
  return note_;
}

Result<Owned<rd_kafka_t>> open_handle(rd_kafka_type_t type, const KafkaOptions& connection, const Properties& own,
                                      Listener& listener) {
  if (connection.brokers.empty()) return Error{Code::kInvalidArgument, "Kafka: no broker is named"};
  Owned<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  RETURN_IF_ERROR(apply(conf.get(), connection, own));
  rd_kafka_conf_set_opaque(conf.get(), &listener);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (type == RD_KAFKA_CONSUMER) rd_kafka_conf_set_rebalance_cb(conf.get(), on_rebalance);
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  std::array<char, kReasonBytes> reason{};
  Owned<rd_kafka_t> handle(rd_kafka_new(type, conf.get(), reason.data(), reason.size()));
  if (handle == nullptr) {
    return Error{Code::kInvalidArgument, fmt::format("Kafka at {}: {}", connection.brokers, reason.data())};
  }
  static_cast<void>(conf.release());  // the handle's now
  return handle;
}

Status await_broker(rd_kafka_t* handle, const KafkaOptions& connection, const Listener& listener) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(connection.connect_timeout_ms);
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR__TIMED_OUT;
  while (std::chrono::steady_clock::now() < deadline) {
    const rd_kafka_metadata_t* found = nullptr;
    code = rd_kafka_metadata(handle, 0, nullptr, &found, kAskMs);
    const Owned<const rd_kafka_metadata_t> owned(found);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    const std::string note = listener.last_note();
    const auto refusal =
        std::ranges::find_if(kRefusals, [&](const Refusal& each) { return note.find(each.words) != note.npos; });
    if (refusal != kRefusals.end()) {
      return Error{Code::kIo, fmt::format("Kafka at {}: cannot connect: {}: {}{}", connection.brokers,
                                          rd_kafka_err2str(refusal->code), note, refusal->advice)};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  Error error = kafka_error(connection.brokers, "no broker answers", code, listener.last_note());
  error.message += "; check that it runs, its address, and kafka.security_protocol";
  return error;
}

Error kafka_error(const std::string& brokers, std::string_view what, rd_kafka_resp_err_t code,
                  std::string_view detail) {
  return {code_of(code), fmt::format("Kafka at {}: {}: {}{}{}{}", brokers, what, rd_kafka_err2str(code),
                                     detail.empty() ? "" : ": ", detail, advice_for(code))};
}

Owned<rd_kafka_topic_partition_list_t> list_of(const std::vector<KafkaPosition>& positions) {
  Owned<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(static_cast<int>(positions.size())));
  for (const KafkaPosition& each : positions) {
    rd_kafka_topic_partition_list_add(list.get(), each.partition.topic.c_str(), each.partition.partition)->offset =
        each.offset;
  }
  return list;
}

std::vector<KafkaPartition> partitions_of(const rd_kafka_topic_partition_list_t& list) {
  std::vector<KafkaPartition> partitions;
  for (int i = 0; i < list.cnt; ++i) partitions.push_back({list.elems[i].topic, list.elems[i].partition});
  return partitions;
}

}  // namespace custos::client
