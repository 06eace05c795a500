#include "client/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "client/client_test_tcp.h"

namespace custos::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Http, GivesStatusHeadersAndBodyOfAnyAnswer) {
  const TestTcpServer server(
      [](const auto&) { return TestTcpServer::answer("404 Not Found", "no such thing", "X-Request-Id:  7 \r\n"); });
  const Http http({});
  const auto answer = http.send({.method = "GET", .url = server.url() + "/a/../b?c=%20", .headers = {{"X-A", "b"}}});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->status, 404);
  EXPECT_EQ(answer->body, "no such thing");
  EXPECT_EQ(answer->header("x-request-id"), "7");
  EXPECT_EQ(answer->header("x-none"), "");
  EXPECT_THAT(server.received()[0].head, HasSubstr("GET /a/../b?c=%20 HTTP/1.1\r\n"));
  EXPECT_THAT(server.received()[0].head, HasSubstr("X-A: b\r\n"));
}

TEST(Http, SendsBodiesOfMemoryAndOfPartsOfFiles) {
  const TestTcpServer server([](const auto&) { return TestTcpServer::answer("200 OK", ""); });
  const auto path = std::filesystem::temp_directory_path() / "custos_http_test_body";
  ASSERT_TRUE(write_file_durably(path, "0123456789").ok());
  const auto file = File::open_read(path);
  ASSERT_TRUE(file.ok());
  const Http http({});
  ASSERT_TRUE(http.send({.method = "PUT", .url = server.url(), .headers = {}, .body = "memory"}).ok());
  HttpRequest request{.method = "POST", .url = server.url()};
  request.file = HttpFileBody{&*file, 2, 5};
  ASSERT_TRUE(http.send(request).ok());
  ASSERT_TRUE(http.send({.method = "PUT", .url = server.url()}).ok());
  std::filesystem::remove(path);
  EXPECT_EQ(server.received()[0].body, "memory");
  EXPECT_EQ(server.received()[1].body, "23456");
  EXPECT_THAT(server.received()[1].head, HasSubstr("POST / HTTP/1.1"));
  EXPECT_THAT(server.received()[2].head, HasSubstr("Content-Length: 0"));
}

TEST(Http, AHeadHasNoBodyWhateverItsLengthSays) {
  const TestTcpServer server([](const auto&) { return "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n"; });
  const auto answer = Http({}).send({.method = "HEAD", .url = server.url()});
  ASSERT_TRUE(answer.ok()) << answer.error().message;
  EXPECT_EQ(answer->header("content-length"), "5000000");
}

TEST(Http, AnAnswerOfMoreThanItsMaximumIsGivenUp) {
  const TestTcpServer server([](const auto&) { return TestTcpServer::answer("200 OK", std::string(5000, 'x')); });
  HttpRequest request{.method = "GET", .url = server.url()};
  request.answer_bytes_max = 4999;
  const auto answer = Http({}).send(request);
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, Code::kLimit);
}

TEST(Http, WhatMayPassIsIoAndNamesTheServerAlone) {
  const TestTcpServer server([](const auto& request) {
    return request.number == 0 ? "" : "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut";
  });
  const Http http({});
  for (int i = 0; i < 2; ++i) {
    const auto answer = http.send({.method = "GET", .url = server.url() + "/path?token=secret"});
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().code, Code::kIo);
    EXPECT_THAT(answer.error().message, HasSubstr(server.url().substr(7)));
    EXPECT_THAT(answer.error().message, Not(HasSubstr("secret")));
  }
  EXPECT_EQ(http.send({.method = "GET", .url = "http://127.0.0.1:1/"}).error().code, Code::kIo);
  EXPECT_EQ(http.send({.method = "GET", .url = "gopher://x/"}).error().code, Code::kInvalidArgument);
  EXPECT_EQ(http.send({.method = "GET", .url = ""}).error().code, Code::kInvalidArgument);
}

TEST(Http, AServerThatSaysNothingIsLeftAfterTheIdleTime) {
  const TestTcpServer server([](const auto&) {
    std::this_thread::sleep_for(std::chrono::seconds(3));
    return std::string();
  });
  HttpOptions options;
  options.idle_seconds = 1;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(Http(options).send({.method = "GET", .url = server.url()}).error().code, Code::kIo);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(2900));
}

TEST(Http, StoppingEndsATransferUnderWay) {
  const TestTcpServer server([](const auto&) {
    std::this_thread::sleep_for(std::chrono::seconds(3));
    return std::string();
  });
  std::stop_source stop;
  const Http http({}, stop.get_token());
  const std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    stop.request_stop();
  });
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(http.send({.method = "GET", .url = server.url()}).error().code, Code::kCancelled);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(2500));
}

TEST(Http, ManyThreadsShareFewConnections) {
  const TestTcpServer server([](const auto& request) { return TestTcpServer::answer("200 OK", request.body); });
  HttpOptions options;
  options.connections_max = 2;
  const Http http(options);
  std::vector<std::jthread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&, i] {
      const std::string body = std::to_string(i);
      const auto answer = http.send({.method = "PUT", .url = server.url(), .headers = {}, .body = body});
      if (answer.ok() && answer->body == body) ++right;
    });
  }
  threads.clear();
  EXPECT_EQ(right, 16);
}

}  // namespace
}  // namespace custos::client
