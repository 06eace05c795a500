// Brokers that want TLS, a password or a certificate of ours; and what is said where one of these will not do.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/file.h"
#include "client/kafka_test_topic.h"

namespace custos::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;

constexpr auto kRefusalWait = seconds(10);  // less than connect_timeout_ms, which is for brokers that are away

KafkaOptions scram(const char* mechanism = "SCRAM-SHA-512") {
  KafkaOptions options;
  options.brokers = test_server("CUSTOS_TEST_KAFKA_SCRAM");
  options.security_protocol = "sasl_ssl";
  options.sasl_mechanism = mechanism;
  options.sasl_username = "custos";
  options.sasl_password_file = test_tls_file("password");
  options.ca_file = test_tls_file("ca.pem");
  return options;
}

KafkaOptions with_certificate() {
  KafkaOptions options;
  options.brokers = test_server("CUSTOS_TEST_KAFKA_MTLS");
  options.security_protocol = "ssl";
  options.ca_file = test_tls_file("ca.pem");
  options.certificate_file = test_tls_file("client.pem");
  options.key_file = test_tls_file("client.key");
  return options;
}

std::string password() {
  const std::string text = *read_file(test_tls_file("password"), 1 << 10);
  return text.substr(0, text.find('\n'));
}

// Why a connection is refused; "" where it is not.
std::string refusal(const KafkaOptions& options) {
  const auto start = Clock::now();
  const auto opened = KafkaConsumer::open(options, {});
  EXPECT_LT(Clock::now() - start, kRefusalWait);
  if (opened.ok()) return "";
  EXPECT_THAT(opened.error().message, HasSubstr("Kafka at " + options.brokers));
  EXPECT_THAT(opened.error().message, Not(HasSubstr(password())));
  return opened.error().message;
}

void sends_and_reads(const KafkaOptions& connection) {
  const TestTopic topic(1, {}, connection);
  const auto producer = topic.producer();
  ASSERT_NE(producer, nullptr);
  for (const char* text : {"one", "two", "three"}) ASSERT_TRUE(producer->send(topic.name(), {text, text, {}}).ok());
  const Status flushed = producer->flush(seconds(30));
  ASSERT_TRUE(flushed.ok()) << flushed.error().message;
  const auto consumer = KafkaConsumer::open(connection, {});
  ASSERT_TRUE(consumer.ok()) << consumer.error().message;
  const KafkaPosition begin{topic.partition(0), 0};
  ASSERT_TRUE((*consumer)->read_from(std::span(&begin, 1)).ok());
  std::vector<std::string> values;
  for (const auto end = Clock::now() + seconds(30); values.size() < 3 && Clock::now() < end;) {
    const auto event = (*consumer)->poll(milliseconds(50), 100);
    ASSERT_TRUE(event.ok()) << event.error().message;
    for (const KafkaMessage& each : event->messages) {
      if (each.kind() == KafkaMessage::Kind::kMessage) values.emplace_back(*each.value());
    }
  }
  EXPECT_THAT(values, testing::ElementsAre("one", "two", "three"));
}

TEST(KafkaTls, ScramOverTlsSendsAndReads) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  for (const char* mechanism : {"SCRAM-SHA-512", "SCRAM-SHA-256"}) sends_and_reads(scram(mechanism));
}

TEST(KafkaTls, ACertificateOfOursSendsAndReads) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_MTLS");
  sends_and_reads(with_certificate());
}

TEST(KafkaTls, AWrongPasswordIsRefusedSoonAndNeverShown) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  KafkaOptions options = scram();
  options.sasl_password_file = std::filesystem::temp_directory_path() / unique_name("custos-password");
  std::ofstream(options.sasl_password_file) << "wrongsecret\n";
  const std::string said = refusal(options);
  std::filesystem::remove(options.sasl_password_file);
  EXPECT_THAT(said, HasSubstr("check kafka.sasl_username and the password"));
  EXPECT_THAT(said, Not(HasSubstr("wrongsecret")));
}

TEST(KafkaTls, AMechanismThatTheBrokerDoesNotOfferIsNamed) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  EXPECT_THAT(refusal(scram("PLAIN")), HasSubstr("check kafka.sasl_mechanism"));
}

TEST(KafkaTls, ABrokerThatTheAuthorityDidNotSignIsLeftBeforeThePassword) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  KafkaOptions options = scram();
  for (const auto& ca : {test_tls_file("other-ca.pem"), std::filesystem::path()}) {
    options.ca_file = ca;
    EXPECT_THAT(refusal(options), HasSubstr("kafka.ca_file")) << ca;
  }
}

TEST(KafkaTls, ACertificateForAnotherNameWillNotDo) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  KafkaOptions options = scram();
  options.brokers.replace(0, options.brokers.find(':'), "localhost");
  EXPECT_THAT(refusal(options), HasSubstr("for this name"));
}

TEST(KafkaTls, ABrokerThatWantsOurCertificateRefusesNoneAndAStrangers) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_MTLS");
  KafkaOptions options = with_certificate();
  options.certificate_file = test_tls_file("other-client.pem");
  options.key_file = test_tls_file("other-client.key");
  EXPECT_THAT(refusal(options), HasSubstr("check kafka.certificate_file and kafka.key_file"));
  options.certificate_file.clear();
  options.key_file.clear();
  EXPECT_THAT(refusal(options), HasSubstr("check kafka.certificate_file and kafka.key_file"));
}

TEST(KafkaTls, NothingFallsBackToAnOpenConnection) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_KAFKA_SCRAM");
  KafkaOptions options = scram();
  options.connect_timeout_ms = 3000;
  options.brokers = test_server("CUSTOS_TEST_KAFKA");  // which would take anyone
  EXPECT_THAT(refusal(options), HasSubstr("kafka.security_protocol"));
  KafkaOptions open;
  open.connect_timeout_ms = 3000;
  open.brokers = test_server("CUSTOS_TEST_KAFKA_SCRAM");
  EXPECT_THAT(refusal(open), HasSubstr("kafka.security_protocol"));
}

// What is said before any broker is asked.
std::string complaint(const std::string& protocol, const std::function<void(KafkaOptions&)>& change) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.security_protocol = protocol;
  change(options);
  const auto opened = KafkaConsumer::open(options, {});
  EXPECT_EQ(opened.ok() ? Code::kIo : opened.error().code, Code::kInvalidArgument);
  return opened.ok() ? "" : opened.error().message;
}

TEST(KafkaTls, FilesThatAreNotThereAreNamedByTheirSetting) {
  EXPECT_THAT(complaint("ssl", [](auto& o) { o.ca_file = "/nowhere/ca.pem"; }),
              HasSubstr("kafka.ca_file: /nowhere/ca.pem: No such file"));
}

TEST(KafkaTls, SettingsThatTheProtocolPassesOverAreRefused) {
  EXPECT_THAT(complaint("plaintext", [](auto& o) { o.ca_file = "ca.pem"; }), HasSubstr("kafka.ca_file"));
  EXPECT_THAT(complaint("sasl_plaintext", [](auto& o) { o.ca_file = "ca.pem"; }), HasSubstr("kafka.ca_file"));
  EXPECT_THAT(complaint("ssl", [](auto& o) { o.sasl_username = "ann"; }), HasSubstr("kafka.sasl_username"));
  EXPECT_THAT(complaint("ssl", [](auto& o) { o.certificate_file = "me.pem"; }), HasSubstr("belong together"));
  EXPECT_THAT(complaint("sasl_ssl", [](auto& o) { o.sasl_username = "ann"; }), HasSubstr("wants kafka.sasl_mechanism"));
}

}  // namespace
}  // namespace custos::client
