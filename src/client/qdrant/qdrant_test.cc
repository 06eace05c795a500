// Against tools/qdrant_stand_in.py, which checks each request with the official client's models.
#include "client/qdrant.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "client/client_test_server.h"

namespace custos::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::vector<uint64_t> ids_of(const Result<std::vector<QdrantHit>>& hits) {
  EXPECT_TRUE(hits.ok()) << hits.error().message;
  std::vector<uint64_t> ids;
  if (!hits.ok()) return ids;
  for (const QdrantHit& hit : *hits) ids.push_back(hit.id);
  return ids;
}

QdrantOptions over_tls(const char* authority) {
  return {.url = "https://" + test_server("CUSTOS_TEST_QDRANT_TLS"),
          .api_key = "hunter2",
          .ca_file = test_tls_file(authority),
          .ready_seconds = 2};
}

TEST(QdrantTls, AnswersWhereTheAuthoritySignedItsCertificate) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_QDRANT_TLS");
  const auto client = Qdrant::connect(over_tls("ca.pem"));
  ASSERT_TRUE(client.ok()) << client.error().message;
  EXPECT_TRUE((*client)->collections().ok());
}

TEST(QdrantTls, ACertificateThatWillNotDoIsRefused) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_QDRANT_TLS");
  QdrantOptions renamed = over_tls("ca.pem");
  renamed.url.replace(8, renamed.url.rfind(':') - 8, "localhost");
  for (const QdrantOptions& options : {over_tls("other-ca.pem"), renamed}) {
    const auto client = Qdrant::connect(options);
    ASSERT_FALSE(client.ok());
    EXPECT_EQ(client.error().code, Code::kUntrusted);
    EXPECT_THAT(client.error().message, HasSubstr("certificate is to be"));
    EXPECT_THAT(client.error().message, Not(HasSubstr("hunter2")));
  }
}

TEST(QdrantTls, DoesNotFallBackToAnOpenConnection) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_QDRANT_TLS");
  QdrantOptions options = over_tls("ca.pem");
  options.url = "https://" + test_server("CUSTOS_TEST_QDRANT");
  EXPECT_FALSE(Qdrant::connect(options).ok());
}

TEST(Qdrant, KeepsFindsCountsAndForgetsPoints) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_QDRANT");
  auto made = Qdrant::connect({.url = "http://" + test_server("CUSTOS_TEST_QDRANT"), .api_key = "k"});
  ASSERT_TRUE(made.ok()) << made.error().message;
  Qdrant& client = **made;
  const std::string name = fmt::format("test_{:08x}", std::random_device{}());
  EXPECT_EQ(*client.width_of(name), std::nullopt);
  const Status created = client.create_collection({name, 2});
  ASSERT_TRUE(created.ok()) << created.error().message;
  EXPECT_TRUE(client.create_collection({name, 2}).ok()) << "the same again is no fault";
  EXPECT_EQ(client.create_collection({name, 3}).error().code, Code::kConflict);
  EXPECT_EQ(*client.width_of(name), 2U);
  EXPECT_THAT(*client.collections(), Contains(name));
  const Status indexed = client.create_field_index(name, "colour", R"({"type":"keyword","is_tenant":true})");
  EXPECT_TRUE(indexed.ok()) << indexed.error().message;

  const std::vector<float> east = {1, 0};
  const std::vector<float> north = {0, 1};
  const QdrantPoint points[] = {{7, east, R"({"colour":"red"})"}, {1ULL << 40, north, R"({"colour":"blue"})"}};
  const Status written = client.upsert(name, points);
  ASSERT_TRUE(written.ok()) << written.error().message;
  EXPECT_EQ(*client.count(name), 2U);
  EXPECT_THAT(ids_of(client.search({.collection = name, .vector = north})), ElementsAre(1ULL << 40, 7));
  EXPECT_THAT(
      ids_of(client.search(
          {.collection = name, .vector = north, .filter = R"({"must":[{"key":"colour","match":{"any":["red"]}}]})"})),
      ElementsAre(7));
  EXPECT_THAT(*client.scroll(name, 0, 10), ElementsAre(7, 1ULL << 40));
  EXPECT_THAT(*client.scroll(name, 8, 10), ElementsAre(1ULL << 40));
  const uint64_t gone[] = {7, 8};
  EXPECT_TRUE(client.remove(name, gone).ok());
  EXPECT_EQ(*client.count(name), 1U);
  const Status alias = client.set_alias(name + "_alias", name);
  EXPECT_TRUE(alias.ok()) << alias.error().message;

  const auto malformed = client.search({.collection = name, .vector = north, .filter = R"({"most":[]})"});
  ASSERT_FALSE(malformed.ok());
  EXPECT_EQ(malformed.error().code, Code::kInvalidArgument);
  EXPECT_TRUE(client.drop_collection(name).ok());
  EXPECT_TRUE(client.drop_collection(name).ok());
  EXPECT_EQ(client.count(name).error().code, Code::kNotFound);
}

TEST(Qdrant, SaysWhereItLookedInVainAndNoKey) {
  const auto client = Qdrant::connect({.url = "http://127.0.0.1:1", .api_key = "hunter2", .ready_seconds = 1});
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().code, Code::kIo);
  EXPECT_THAT(client.error().message, HasSubstr("http://127.0.0.1:1"));
  EXPECT_THAT(client.error().message, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace custos::client
