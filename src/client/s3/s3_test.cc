#include "client/s3.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "base/file.h"
#include "client/client_test_server.h"
#include "client/s3/service.h"

namespace custos::client {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// A variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

S3Options test_options() {
  S3Options options;
  options.endpoint = test_server("CUSTOS_TEST_S3");
  options.retry_wait_ms = 5;
  return options;
}

std::unique_ptr<S3> opened(const S3Options& options) {
  auto s3 = S3::open(options);
  if (!s3.ok()) throw std::runtime_error(s3.error().message);
  return std::move(*s3);
}

std::string random_name() {
  std::random_device device;
  return fmt::format("custos-test-{:08x}{:08x}", device(), device());
}

// A bucket of a random name on the real server, which goes with the test.
class Bucket {
 public:
  explicit Bucket(const S3Options& options = test_options()) : s3_(opened(options)), name_(random_name()) {
    if (const Status made = s3_->create_bucket(name_); !made.ok()) throw std::runtime_error(made.error().message);
  }
  ~Bucket() {
    for (auto page = s3_->list(at("")); page.ok() && !page->objects.empty(); page = s3_->list(at(""))) {
      for (const S3Object& object : page->objects) {
        if (!s3_->remove(at(object.key)).ok()) return;
      }
    }
    EXPECT_TRUE(s3_->remove_bucket(name_).ok());
  }
  Bucket(const Bucket&) = delete;
  Bucket& operator=(const Bucket&) = delete;

  [[nodiscard]] const S3& s3() const { return *s3_; }
  [[nodiscard]] S3Location at(std::string key) const { return {name_, std::move(key)}; }

 private:
  std::unique_ptr<S3> s3_;
  std::string name_;
};

std::string text_of(const Result<std::string>& result) { return result.ok() ? *result : result.error().message; }

std::vector<std::string> keys_of(const S3& s3, const S3Location& prefix, const std::string& start_after = "") {
  std::vector<std::string> keys;
  S3ListFrom from{start_after, ""};
  while (true) {
    const auto page = s3.list(prefix, from);
    if (!page.ok()) return {page.error().message};
    for (const S3Object& object : page->objects) keys.push_back(object.key);
    if (page->next.empty()) return keys;
    from.token = page->next;
  }
}

const S3PutOptions& only_new() {
  static const S3PutOptions options{.only_new = true, .lock = {}};
  return options;
}

TEST(S3, WhatIsPutComesBack) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  const std::string bytes = std::string("hello\0 \xff\n", 9) + std::string(100'000, 'x');
  const auto etag = bucket.s3().put(bucket.at("a/b"), bytes);
  ASSERT_TRUE(etag.ok()) << etag.error().message;
  const auto head = bucket.s3().head(bucket.at("a/b"));
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->size, bytes.size());
  EXPECT_EQ(head->etag, *etag);
  EXPECT_GT(head->modified_s, 1'700'000'000);
  EXPECT_EQ(text_of(bucket.s3().get(bucket.at("a/b"), 1 << 20)), bytes);
  EXPECT_EQ(bucket.s3().get(bucket.at("a/b"), 100).error().code, Code::kLimit);
  ASSERT_TRUE(bucket.s3().put(bucket.at("empty"), "").ok());
  EXPECT_EQ(text_of(bucket.s3().get(bucket.at("empty"), 10)), "");
  ASSERT_TRUE(bucket.s3().remove(bucket.at("a/b")).ok());
  EXPECT_TRUE(bucket.s3().remove(bucket.at("a/b")).ok());
  EXPECT_EQ(bucket.s3().head(bucket.at("a/b")).error().code, Code::kNotFound);
}

TEST(S3, RangesEndWhereTheObjectDoesAndHoldToItsEtag) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  const S3Location at = bucket.at("digits");
  const auto etag = bucket.s3().put(at, "0123456789");
  ASSERT_TRUE(etag.ok()) << etag.error().message;
  EXPECT_EQ(text_of(bucket.s3().get_range(at, {2, 5})), "234");
  EXPECT_EQ(text_of(bucket.s3().get_range(at, {8, 50})), "89");
  EXPECT_EQ(text_of(bucket.s3().get_range(at, {0, 100}, *etag)), "0123456789");
  EXPECT_EQ(text_of(bucket.s3().get_range(at, {10, 20})), "");
  ASSERT_TRUE(bucket.s3().put(at, "abcdefghij").ok());
  const auto changed = bucket.s3().get_range(at, {2, 5}, *etag);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code, Code::kConflict) << changed.error().message;
}

TEST(S3, ListsEveryKeyOverManyPages) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  S3Options options = test_options();
  options.list_page = 7;
  const Bucket bucket(options);
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) expected.push_back(fmt::format("p/{:03}", i));
  for (const std::string& key : expected) ASSERT_TRUE(bucket.s3().put(bucket.at(key), key).ok());
  ASSERT_TRUE(bucket.s3().put(bucket.at("q"), "").ok());
  EXPECT_EQ(keys_of(bucket.s3(), bucket.at("p/")), expected);
  EXPECT_EQ(keys_of(bucket.s3(), bucket.at("")).size(), 41U);
  EXPECT_THAT(keys_of(bucket.s3(), bucket.at("p/"), "p/037"), ElementsAre("p/038", "p/039"));
  const auto removed = bucket.s3().remove_prefix(bucket.at("p/"));
  ASSERT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_EQ(*removed, 40U);
  EXPECT_THAT(keys_of(bucket.s3(), bucket.at("")), ElementsAre("q"));
  EXPECT_FALSE(bucket.s3().remove_prefix(bucket.at("")).ok());
}

TEST(S3, OddKeysAreKeptAsTheyAre) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  for (const char* key : {"a b", "a+b", "a%20b", "ü/日本", "q?x=1&y#z", "it's (1)!*", "a&b<c>\"d", "cur/1.a:2,SR",
                          " blank ", "~tilde", "a=b;c,d@e$"}) {
    const auto put = bucket.s3().put(bucket.at(key), key);
    ASSERT_TRUE(put.ok()) << key << " " << put.error().message;
    EXPECT_EQ(text_of(bucket.s3().get(bucket.at(key), 100)), key);
    EXPECT_THAT(keys_of(bucket.s3(), bucket.at(key)), ElementsAre(key));
    ASSERT_TRUE(bucket.s3().remove(bucket.at(key)).ok()) << key;
  }
}

TEST(S3, OfSixteenThatPutTheSameNewKeyOneSucceeds) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  for (int round = 0; round < 5; ++round) {
    const S3Location at = bucket.at(fmt::format("race/{}", round));
    std::atomic<int> won{0}, lost{0};
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        const auto put = bucket.s3().put(at, "the same bytes", only_new());
        if (put.ok()) ++won;
        if (!put.ok() && put.error().code == Code::kConflict) ++lost;
      });
    }
    threads.clear();
    EXPECT_EQ(won, 1);
    EXPECT_EQ(lost, 15);
  }
}

TEST(S3, LargeObjectsGoUpInParts) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  S3Options options = test_options();
  options.multipart_bytes = 6U << 20;
  options.part_bytes = 5U << 20;
  const Bucket bucket(options);
  std::string bytes(13U << 20, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>((i * 2654435761U) >> 13);
  const auto path = std::filesystem::temp_directory_path() / random_name();
  const std::filesystem::path back = path.string() + ".back";
  ASSERT_TRUE(write_file_durably(path, bytes).ok());
  const auto etag = bucket.s3().put_file(bucket.at("large"), path, only_new());
  ASSERT_TRUE(etag.ok()) << etag.error().message;
  const auto head = bucket.s3().head(bucket.at("large"));
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head->etag, *etag);
  const auto again = bucket.s3().put(bucket.at("large"), bytes, only_new());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::kConflict) << again.error().message;
  const Status down = bucket.s3().download(bucket.at("large"), back);
  ASSERT_TRUE(down.ok()) << down.error().message;
  EXPECT_TRUE(text_of(read_file(back, 20U << 20)) == bytes);
  EXPECT_FALSE(std::filesystem::exists(back.string() + ".part"));
  std::filesystem::remove(back);
  std::filesystem::remove(path);
}

TEST(S3, RefusedCredentialsSayWhatToLookAtAndNothingSecret) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  const Variable secret("AWS_SECRET_ACCESS_KEY", "not-the-secret");
  const auto list = opened(test_options())->list(bucket.at(""));
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().code, Code::kInvalidArgument);
  EXPECT_THAT(list.error().message, HasSubstr("HTTP 403 SignatureDoesNotMatch"));
  EXPECT_THAT(list.error().message, HasSubstr("AWS_SECRET_ACCESS_KEY"));
  EXPECT_THAT(list.error().message, Not(HasSubstr("not-the-secret")));
  const Variable key("AWS_ACCESS_KEY_ID", "nobody");
  const auto nobody = opened(test_options())->list(bucket.at(""));
  ASSERT_FALSE(nobody.ok());
  EXPECT_EQ(nobody.error().code, Code::kInvalidArgument);
  EXPECT_THAT(nobody.error().message, HasSubstr("AWS_ACCESS_KEY_ID"));
}

TEST(S3, WhatIsNotThereIsNamed) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const Bucket bucket;
  const auto get = bucket.s3().get(bucket.at("none/such"), 10);
  ASSERT_FALSE(get.ok());
  EXPECT_EQ(get.error().code, Code::kNotFound);
  EXPECT_THAT(get.error().message, HasSubstr(bucket.at("none/such").url()));
  const auto list = bucket.s3().list({random_name(), ""});
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().code, Code::kNotFound);
  EXPECT_THAT(list.error().message, HasSubstr("no such bucket"));
}

TEST(S3, AnObjectUnderLockCannotBeRemovedUntilThen) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_S3");
  const auto s3 = opened(test_options());
  const std::string bucket = random_name();
  const S3Location at{bucket, "kept"};
  const Status made = s3->create_bucket(bucket, true);
  ASSERT_TRUE(made.ok()) << made.error().message;
  S3PutOptions options;
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  options.lock = S3Lock{S3Lock::Mode::kCompliance, now + 4};
  ASSERT_EQ(text_of(s3->put(at, "bytes", options)).front(), '"');
  // A bucket with locks keeps versions, and a plain removal may only hide one: it is the version that is locked.
  const S3Service service(test_options(), *find_credentials(process_environment),
                          *find_endpoint(test_options(), process_environment), "", {});
  const auto head = service.expect({.method = "HEAD", .at = at});
  ASSERT_TRUE(head.ok()) << head.error().message;
  S3Call removal{.method = "DELETE", .at = at};
  const std::string version(head->header("x-amz-version-id"));
  if (!version.empty()) removal.query.emplace_back("versionId", version);
  const auto refused = service.expect(removal);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("locked"));
  EXPECT_EQ(text_of(s3->get(at, 100)), "bytes");
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const auto removed = service.expect(removal);
  EXPECT_TRUE(removed.ok()) << removed.error().message;
  EXPECT_TRUE(s3->remove_bucket(bucket).ok());
}

}  // namespace
}  // namespace custos::client
