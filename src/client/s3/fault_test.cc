// What S3 does when the server, or the way to it, is at fault.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <thread>

#include "base/file.h"
#include "client/client_test_tcp.h"
#include "client/s3.h"
#include "client/s3/access.h"
#include "client/s3/answer.h"

namespace custos::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Received = TestTcpServer::Received;

std::string answer(std::string_view status, std::string_view body = "", std::string_view headers = "") {
  return TestTcpServer::answer(status, body, headers);
}

std::string error(std::string_view status, std::string_view code) {
  return answer(status, fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code></Error>", code));
}

std::string mark_in(const std::string& head) {
  constexpr std::string_view kName = "x-amz-meta-custos-put: ";
  const size_t at = head.find(kName);
  return at == std::string::npos ? "" : head.substr(at + kName.size(), 32);
}

class Fault : public ::testing::Test {
 protected:
  Fault() {
    ::setenv("AWS_ACCESS_KEY_ID", "key", 0);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 0);
    options_.retry_wait_ms = 1;
  }

  std::unique_ptr<S3> client_of(const TestTcpServer& server, std::stop_token stop = {}) {
    options_.endpoint = server.url();
    auto s3 = S3::open(options_, std::move(stop));
    EXPECT_TRUE(s3.ok());
    return std::move(*s3);
  }

  S3Options options_;
  const S3Location at_{"bucket", "key"};
};

TEST_F(Fault, ServersInTroubleBrokenConnectionsAndCutAnswersAreAskedAgain) {
  const TestTcpServer server([](const Received& request) -> std::string {
    switch (request.number) {
      case 0:
        return error("503 Service Unavailable", "SlowDown");
      case 1:
        return "";
      case 2:
        return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123";
      case 3:
        return error("429 Too Many Requests", "TooMany");
      case 4:
        return error("500 Internal Server Error", "InternalError");
      default:
        return answer("200 OK", "0123456789");
    }
  });
  const auto bytes = client_of(server)->get(at_, 100);
  ASSERT_TRUE(bytes.ok()) << bytes.error().message;
  EXPECT_EQ(*bytes, "0123456789");
  EXPECT_EQ(server.received().size(), 6U);
}

// A regression: a refusal longer than the bytes asked for was "an answer of more than 4 bytes", and never asked again.
TEST_F(Fault, RefusalsLongerThanTheObjectAreUnderstood) {
  const TestTcpServer server([](const Received& request) -> std::string {
    const std::string filling(500, ' ');
    if (request.number == 0) return answer("503 Slow", "<Error><Code>SlowDown</Code></Error>" + filling);
    return answer("412 Precondition Failed", "<Error><Code>PreconditionFailed</Code></Error>" + filling);
  });
  EXPECT_EQ(client_of(server)->get_range(at_, {0, 4}, "\"etag\"").error().code, Code::kConflict);
  EXPECT_EQ(server.received().size(), 2U);
}

TEST_F(Fault, AnObjectLargerThanItsMaximumIsRefused) {
  const TestTcpServer server([](const Received&) { return answer("200 OK", "12345"); });
  EXPECT_EQ(client_of(server)->get(at_, 4).error().code, Code::kLimit);
  EXPECT_TRUE(client_of(server)->get(at_, 5).ok());
}

TEST_F(Fault, AttemptsAndSecondsAreBounded) {
  const TestTcpServer server([](const Received&) { return error("503 Service Unavailable", "SlowDown"); });
  options_.attempts = 3;
  const auto few = client_of(server)->get(at_, 100);
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().code, Code::kIo);
  EXPECT_THAT(few.error().message, HasSubstr("s3://bucket/key: HTTP 503 SlowDown"));
  EXPECT_EQ(server.received().size(), 3U);
  options_.attempts = 1'000'000;
  options_.retry_seconds = 1;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(client_of(server)->get(at_, 100).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST_F(Fault, WhatTheServerRefusesIsNotAskedAgain) {
  for (const auto& [status, code] :
       {std::pair("400 Bad Request", Code::kInvalidArgument), std::pair("403 Forbidden", Code::kInvalidArgument),
        std::pair("404 Not Found", Code::kNotFound)}) {
    const TestTcpServer server([&, reply = status](const Received&) { return error(reply, "Odd"); });
    const auto get = client_of(server)->get(at_, 100);
    EXPECT_EQ(get.error().code, code) << status;
    EXPECT_EQ(server.received().size(), 1U) << status;
  }
}

TEST_F(Fault, RetryAfterIsObeyed) {
  const TestTcpServer server([](const Received& request) {
    return request.number == 0 ? answer("503 Slow", "", "Retry-After: 1\r\n") : answer("200 OK", "x");
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(client_of(server)->get(at_, 100).ok());
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(990));
  const TestTcpServer patient([](const Received&) { return answer("503 Slow", "", "Retry-After: 3600\r\n"); });
  EXPECT_EQ(client_of(patient)->get(at_, 100).error().code, Code::kIo);
  EXPECT_EQ(patient.received().size(), 1U);
}

TEST_F(Fault, StoppingEndsAWait) {
  const TestTcpServer server([](const Received&) { return answer("503 Slow", "", "Retry-After: 60\r\n"); });
  std::stop_source stop;
  const auto s3 = client_of(server, stop.get_token());
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(s3->get(at_, 100).error().code, Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
}

TEST_F(Fault, APutWhoseAnswerGotLostIsNoConflictWithItself) {
  std::string stored;
  const TestTcpServer server([&](const Received& request) -> std::string {
    if (request.head.starts_with("PUT") && stored.empty()) return stored = mark_in(request.head), "";
    if (request.head.starts_with("PUT")) return error("412 Precondition Failed", "PreconditionFailed");
    return answer("200 OK", "", fmt::format("ETag: \"7\"\r\nx-amz-meta-custos-put: {}\r\n", stored));
  });
  const auto s3 = client_of(server);
  const auto first = s3->put(at_, "bytes", {.only_new = true, .lock = {}});
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(*first, "\"7\"");
  EXPECT_EQ(s3->put(at_, "bytes", {.only_new = true, .lock = {}}).error().code, Code::kConflict);
}

TEST_F(Fault, AnotherWriterUnderWayIsAskedAgainUntilItIsClear) {
  const TestTcpServer server([&](const Received& request) -> std::string {
    if (request.number < 2) return error("409 Conflict", "ConditionalRequestConflict");
    return answer("200 OK", "", "ETag: \"7\"\r\n");
  });
  EXPECT_TRUE(client_of(server)->put(at_, "bytes", {.only_new = true, .lock = {}}).ok());
}

TEST_F(Fault, ACompletionWhoseAnswerGotLostOrFailedLateIsKnownAgain) {
  std::string mark;
  int completions = 0;
  const TestTcpServer server([&](const Received& request) -> std::string {
    if (request.head.find("?uploads=") != std::string::npos) {
      mark = mark_in(request.head);
      return answer("200 OK", "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
    }
    if (request.head.starts_with("PUT")) return answer("200 OK", "", "ETag: \"p\"\r\n");
    if (request.head.starts_with("POST") && completions++ == 0) return error("200 OK", "InternalError");
    if (request.head.starts_with("POST") && completions == 2) return "";
    if (request.head.starts_with("POST")) return error("404 Not Found", "NoSuchUpload");
    return answer("200 OK", "", fmt::format("ETag: \"7-2\"\r\nx-amz-meta-custos-put: {}\r\n", mark));
  });
  options_.multipart_bytes = 4;
  options_.part_bytes = 4;
  const auto put = client_of(server)->put(at_, "12345678", {.only_new = true, .lock = {}});
  ASSERT_TRUE(put.ok()) << put.error().message;
  EXPECT_EQ(*put, "\"7-2\"");
}

TEST_F(Fault, PartsThatFailAreDiscardedOnTheServer) {
  const TestTcpServer server([&](const Received& request) -> std::string {
    if (request.head.starts_with("POST")) {
      return answer("200 OK", "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>");
    }
    return request.head.starts_with("PUT") ? error("403 Forbidden", "AccessDenied") : answer("204 No Content");
  });
  options_.multipart_bytes = 4;
  EXPECT_FALSE(client_of(server)->put(at_, "12345678").ok());
  EXPECT_THAT(server.received().back().head, HasSubstr("DELETE /bucket/key?uploadId=u1"));
}

TEST_F(Fault, ABodyIsSignedAndChecked) {
  const TestTcpServer server([](const Received&) { return answer("200 OK"); });
  ASSERT_TRUE(client_of(server)->put(at_, "hello").ok());
  const std::string head = server.received()[0].head;
  EXPECT_THAT(head,
              HasSubstr("x-amz-content-sha256: 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"));
  EXPECT_THAT(head, HasSubstr("x-amz-checksum-sha256: LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=\r\n"));
}

Environment variables(std::map<std::string, std::string> all) {
  return [all](const char* name) { return all.contains(name) ? all.at(name) : std::string(); };
}

TEST(Access, CredentialsComeFromTheEnvironmentThenFromAProfile) {
  EXPECT_EQ(find_credentials(variables({{"AWS_ACCESS_KEY_ID", "a"}, {"AWS_SECRET_ACCESS_KEY", "b"}}))->secret_key, "b");
  const auto path = std::filesystem::temp_directory_path() / "custos_s3_test_credentials";
  ASSERT_TRUE(write_file_durably(path,
                                 "[default]\naws_access_key_id = d\naws_secret_access_key=e\n# x\n"
                                 "[mail]\naws_access_key_id=f\naws_secret_access_key = g=\naws_session_token=t\n")
                  .ok());
  const std::string file = path.string();
  EXPECT_EQ(find_credentials(variables({{"AWS_SHARED_CREDENTIALS_FILE", file}}))->access_key, "d");
  const auto mail = find_credentials(variables({{"AWS_SHARED_CREDENTIALS_FILE", file}, {"AWS_PROFILE", "mail"}}));
  EXPECT_EQ(mail->secret_key, "g=");
  EXPECT_EQ(mail->session_token, "t");
  const auto none = find_credentials(variables({{"AWS_SHARED_CREDENTIALS_FILE", file}, {"AWS_PROFILE", "no"}}));
  std::filesystem::remove(path);
  ASSERT_FALSE(none.ok());
  EXPECT_THAT(none.error().message, HasSubstr("[no]"));
}

TEST(Access, ABucketIsInThePathOfAnEndpointAndBeforeAmazonsHost) {
  const auto amazon = find_endpoint({}, variables({{"AWS_REGION", "eu-west-1"}}));
  ASSERT_TRUE(amazon.ok());
  EXPECT_EQ(address_of(*amazon, {"b", "k y"}).host, "b.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(address_of(*amazon, {"b", "k y"}).path, "/k%20y");
  EXPECT_EQ(address_of(*amazon, {"b.c", "k"}).path, "/b.c/k");
  S3Options options;
  options.endpoint = "https://minio.example:443/";
  const auto own = find_endpoint(options, variables({}));
  ASSERT_TRUE(own.ok());
  EXPECT_EQ(address_of(*own, {"b", "k"}).host, "minio.example");
  EXPECT_EQ(address_of(*own, {"b", "k"}).path, "/b/k");
  options.path_style = S3PathStyle::kNever;
  EXPECT_EQ(address_of(*find_endpoint(options, variables({})), {"b", "k"}).host, "b.minio.example");
  for (const char* wrong : {"minio:9000", "ftp://x", "https://", "https://a/b", "https://a b"}) {
    options.endpoint = wrong;
    EXPECT_EQ(find_endpoint(options, variables({})).error().code, Code::kInvalidArgument) << wrong;
  }
}

TEST(Location, IsABucketAndAKeyAsItIs) {
  EXPECT_EQ(S3Location::parse("s3://b/a b/c%20")->key, "a b/c%20");
  EXPECT_EQ(S3Location::parse("s3://b")->key, "");
  EXPECT_EQ(S3Location::parse("s3://b/x/")->url(), "s3://b/x/");
  for (const char* wrong : {"", "s3:/b/k", "http://b/k", "s3://", "s3:///k", "s3://a@b/k", "s3://../k"}) {
    EXPECT_FALSE(S3Location::parse(wrong).ok()) << wrong;
  }
}

TEST(Answer, ListingsAreDecodedAndBrokenOnesRefused) {
  const auto page = parse_listing(
      "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><EncodingType>url"
      "</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t/=</NextContinuationToken><Contents>"
      "<Key>a+b%2Bc%C3%BC</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
      "<Size>5000000000</Size></Contents></ListBucketResult>");
  ASSERT_TRUE(page.ok());
  EXPECT_EQ(page->next, "t/=");
  EXPECT_EQ(page->objects[0].key, "a b+cü");
  EXPECT_EQ(page->objects[0].size, 5'000'000'000U);
  EXPECT_EQ(page->objects[0].modified_s, 1255369830);
  EXPECT_EQ(page->objects[0].etag, "\"e\"");
  EXPECT_EQ(parse_time("Mon, 12 Oct 2009 17:50:30 GMT"), 1255369830);
  EXPECT_EQ(iso_time(1255369830), "2009-10-12T17:50:30Z");
  EXPECT_EQ(parse_listing("<html>").error().code, Code::kCorrupt);
  EXPECT_EQ(parse_listing("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>").error().code,
            Code::kCorrupt);
}

}  // namespace
}  // namespace custos::client
