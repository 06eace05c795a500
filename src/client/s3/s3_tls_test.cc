// An S3 server behind TLS; and what is said where its certificate will not do.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "client/client_test_server.h"
#include "client/s3.h"

namespace custos::client {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

S3Options trusting(const char* authority) {
  S3Options options;
  options.endpoint = "https://" + test_server("CUSTOS_TEST_S3_TLS");
  options.ca_file = test_tls_file(authority);
  options.retry_wait_ms = 5;
  return options;
}

// Of asking for an object.
Error failure(const S3Options& options) {
  const auto s3 = S3::open(options);
  EXPECT_TRUE(s3.ok());
  const auto start = std::chrono::steady_clock::now();
  const auto object = (*s3)->head({"bucket", "key"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  EXPECT_FALSE(object.ok());
  return object.ok() ? Error{} : object.error();
}

TEST(S3Tls, KeepsObjectsWhereTheAuthoritySignedItsCertificate) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3_TLS");
  const auto s3 = *S3::open(trusting("ca.pem"));
  const std::string bucket = fmt::format("custos-tls-{:08x}", std::random_device{}());
  const Status made = s3->create_bucket(bucket);
  ASSERT_TRUE(made.ok()) << made.error().message;
  const std::string bytes(3 << 20, 'x');
  const auto put = s3->put({bucket, "key"}, bytes);
  EXPECT_TRUE(put.ok()) << put.error().message;
  const auto got = s3->get({bucket, "key"}, bytes.size());
  EXPECT_TRUE(got.ok() && *got == bytes);
  EXPECT_TRUE(s3->remove({bucket, "key"}).ok());
  EXPECT_TRUE(s3->remove_bucket(bucket).ok());
}

TEST(S3Tls, ACertificateThatWillNotDoIsRefusedAtOnce) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3_TLS");
  S3Options renamed = trusting("ca.pem");
  renamed.endpoint.replace(8, renamed.endpoint.rfind(':') - 8, "localhost");
  for (const S3Options& options : {trusting("other-ca.pem"), renamed}) {
    const Error error = failure(options);
    EXPECT_EQ(error.code, Code::kUntrusted) << error.message;
    EXPECT_THAT(error.message, AllOf(HasSubstr("certificate is to be for this name"), HasSubstr("(attempt 1)"),
                                     Not(HasSubstr(test_server("AWS_SECRET_ACCESS_KEY")))));
  }
}

TEST(S3Tls, AnAuthorityThatCannotBeReadIsNotReplacedByTheSystems) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3_TLS");
  const Error error = failure(trusting("nowhere.pem"));
  EXPECT_EQ(error.code, Code::kUntrusted) << error.message;
  EXPECT_THAT(error.message, HasSubstr("nowhere.pem"));
}

TEST(S3Tls, DoesNotFallBackToAnOpenConnection) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3_TLS");
  S3Options options = trusting("ca.pem");
  options.endpoint = test_server("CUSTOS_TEST_S3").replace(0, 4, "https");
  EXPECT_EQ(failure(options).code, Code::kIo);
}

}  // namespace
}  // namespace custos::client
