// SOURCEs in a real S3 server: as the same files in a folder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "client/client_test_server.h"
#include "client/client_test_tcp.h"
#include "client/s3.h"
#include "source/source.h"

namespace custos::source {
namespace {

namespace fs = std::filesystem;

using testing::ElementsAre;
using testing::HasSubstr;

std::string message(int number) {
  return "From a@b Mon Jan  1 00:00:00 2024\nSubject: message " + std::to_string(number) + "\n\nbody " +
         std::to_string(number) + "\n\n";
}

class S3Source : public testing::Test {
 protected:
  void SetUp() override {
    CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
    options_.s3.endpoint = client::test_server("CUSTOS_TEST_S3");
    bucket_ = "source-" + std::to_string(getpid()) + "-" + std::to_string(std::random_device()());
    s3_ = *client::S3::open(options_.s3);
    ASSERT_TRUE(s3_->create_bucket(bucket_).ok());
    folder_ = fs::temp_directory_path() / bucket_;
  }
  void TearDown() override {
    if (s3_ == nullptr) return;
    EXPECT_TRUE(s3_->remove_prefix({bucket_, "mail/"}).ok());
    EXPECT_TRUE(s3_->remove_bucket(bucket_).ok());
    fs::remove_all(folder_);
  }
  // The same file in the bucket and in the folder.
  void put(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(s3_->put({bucket_, "mail/" + name}, bytes).ok());
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << bytes;
  }
  [[nodiscard]] std::string url() const { return "s3://" + bucket_ + "/mail"; }
  FileLookup lookup() {
    return [this](const std::string& file) -> std::optional<FileState> {
      const auto at = states_.find(file);
      return at == states_.end() ? std::nullopt : std::optional(at->second);
    };
  }
  // "path begin end" of up to `count` items; their states are kept as if they were committed.
  std::vector<std::string> walk(const std::string& path, size_t count = 1000) {
    std::vector<std::string> items;
    auto source = open_source(path, options_, lookup());
    EXPECT_TRUE(source.ok()) << source.error().message;
    while (items.size() < count) {
      auto item = (*source)->next();
      if (!item.ok()) items.push_back(item.error().message);
      if (!item.ok() || !item->has_value() || (*item)->is_pause) break;
      const auto note = [&](const document::Place& place, const std::string& what) {
        items.push_back(place.path + " " + std::to_string(place.begin) + " " + std::to_string(place.end) + " " + what);
      };
      if (auto* raw = std::get_if<document::RawDocument>(&(*item)->what)) note(raw->place, raw->bytes);
      if (auto* span = std::get_if<document::SkippedSpan>(&(*item)->what)) note(span->place, span->reason);
      states_[(*item)->file] = (*item)->state;
    }
    return items;
  }

  SourceOptions options_;
  std::string bucket_;
  fs::path folder_;
  std::unique_ptr<client::S3> s3_;
  std::map<std::string, FileState> states_;
};

TEST_F(S3Source, YieldsWhatTheSameFilesInAFolderYield) {
  put("box.mbox", message(1) + message(2));
  put("chat/log.jsonl", "{\"id\":\"1\",\"text\":\"hello\"}\n{\"id\":\"2\",\"text\":\"again\"}\n");
  put("letters/a b+c%.eml", "Subject: one\n\nbody\n");
  put("letters/empty.eml", "");
  put("notes.bin", std::string("\0\1\2", 3));
  const auto there = walk(url());
  states_.clear();
  EXPECT_EQ(there, walk(folder_.string()));
  EXPECT_EQ(there.size(), 7U);
}

TEST_F(S3Source, GoesOnInsideALargeMailboxAndPassesOverWhatWasRead) {
  std::string box;
  for (int number = 0; number < 200; ++number) box += message(number);
  put("box.mbox", box);
  const auto first = walk(url(), 120);
  EXPECT_THAT(first.back(), HasSubstr("body 119"));
  const auto rest = walk(url());
  ASSERT_EQ(rest.size(), 80U);
  EXPECT_THAT(rest.front(), HasSubstr("body 120"));
  EXPECT_TRUE(walk(url()).empty());
}

TEST_F(S3Source, ReadsAnObjectThatWasReplacedAnew) {
  put("box.mbox", message(1));
  ASSERT_EQ(walk(url()).size(), 1U);
  sleep(1);  // servers tell times of change in seconds
  put("box.mbox", message(7) + message(8));
  EXPECT_EQ(walk(url()).size(), 2U);
  EXPECT_EQ(states_["box.mbox"].generation, 1U);
}

TEST_F(S3Source, AnObjectReplacedWithinASecondByOneOfItsSizeIsReadAnew) {
  put("box.mbox", message(1));
  ASSERT_EQ(walk(url()).size(), 1U);
  put("box.mbox", message(2));
  EXPECT_THAT(walk(url()), ElementsAre(HasSubstr("body 2")));
  EXPECT_EQ(states_["box.mbox"].generation, 1U);
}

TEST_F(S3Source, WhatAServerInTroubleKeptBackIsReadByTheNextRun) {
  const std::string box = message(1) + message(2);
  bool in_trouble = true;
  const client::TestTcpServer server([&](const client::TestTcpServer::Received& request) -> std::string {
    const std::string headers = "ETag: \"e\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n";
    if (request.head.starts_with("HEAD")) {
      return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(box.size()) + "\r\n" + headers + "\r\n";
    }
    return in_trouble ? client::TestTcpServer::answer("503 Slow", "")
                      : client::TestTcpServer::answer("200 OK", box, headers);
  });
  options_.s3.endpoint = server.url();
  options_.s3.attempts = 1;
  EXPECT_THAT(walk("s3://bucket/box"), ElementsAre(HasSubstr("HTTP 503")));
  in_trouble = false;
  EXPECT_EQ(walk("s3://bucket/box").size(), 2U);
  EXPECT_TRUE(walk("s3://bucket/box").empty());
}

TEST_F(S3Source, TakesOneObjectOrOneRangeOfObjects) {
  for (const char* name : {"a.eml", "b.eml", "b/c.eml", "d.eml"})
    put(name, "Subject: x\n\n" + std::string(name) + "\n");
  EXPECT_THAT(walk(url() + "/b.eml"), ElementsAre(HasSubstr("b.eml 0")));
  states_.clear();
  options_.range_first = "b.eml";
  options_.range_last = "b/c.eml";
  EXPECT_THAT(walk(url()), ElementsAre(HasSubstr("b.eml 0"), HasSubstr("b/c.eml 0")));
  options_.range_first = "c.eml";
  EXPECT_THAT(walk(url()), ElementsAre(HasSubstr("there is no c.eml any more")));
}

TEST_F(S3Source, ALargeObjectIsReadInParts) {
  std::string box;
  for (int i = 0; i < 200; ++i) box += message(i);
  put("box.mbox", box);
  const auto whole = walk(url());
  std::vector<std::string> names;
  const auto note = [&](const ListedFile& file) {
    names.push_back(file.name);
    return Status();
  };
  ASSERT_TRUE(list_files(url(), options_, box.size() / 5, note).ok());
  EXPECT_EQ(names.size(), 5U);
  states_.clear();
  std::vector<std::string> in_parts;
  for (const std::string& name : names) {
    options_.range_first = options_.range_last = name;
    for (std::string& each : walk(url())) in_parts.push_back(std::move(each));
  }
  EXPECT_EQ(in_parts, whole);
}

TEST_F(S3Source, APartThatAServerInTroubleKeptBackIsAnError) {
  std::string box;
  for (int i = 0; i < 20; ++i) box += message(i);
  int answers = 1;
  const client::TestTcpServer server([&](const client::TestTcpServer::Received& request) -> std::string {
    const std::string headers = "ETag: \"e\"\r\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\r\n";
    if (request.head.starts_with("HEAD")) {
      return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(box.size()) + "\r\n" + headers + "\r\n";
    }
    return answers-- > 0 ? client::TestTcpServer::answer("200 OK", box, headers)
                         : client::TestTcpServer::answer("503 Slow", "");
  });
  options_.s3.endpoint = server.url();
  options_.s3.attempts = 1;
  options_.range_first = options_.range_last = "box//part=" + std::to_string(message(0).size()) + "-";
  auto source = open_source("s3://bucket/box", options_, {});
  ASSERT_TRUE(source.ok()) << source.error().message;
  const auto item = (*source)->next();
  ASSERT_FALSE(item.ok());
  EXPECT_EQ(item.error().code, Code::kIo);
}

TEST_F(S3Source, FindsANewObjectWhenItLooksAgain) {
  put("a.eml", "Subject: x\n\none\n");
  options_.poll_seconds = 1;
  auto source = open_source(url(), options_, lookup());
  ASSERT_TRUE(source.ok());
  std::vector<std::string> found;
  for (int look = 0; look < 100 && found.size() < 2; ++look) {
    auto item = (*source)->next();
    ASSERT_TRUE(item.ok() && item->has_value());
    if ((*item)->is_pause && found.size() == 1) put("b.eml", "Subject: y\n\ntwo\n");
    if (!(*item)->is_pause) found.push_back((*item)->file);
  }
  EXPECT_THAT(found, ElementsAre("a.eml", "b.eml"));
}

TEST_F(S3Source, SaysWhatIsNotThere) {
  const auto missing = open_source(url() + "/nothing", options_, {});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().message, HasSubstr("nothing"));
}

}  // namespace
}  // namespace custos::source
