// The wrapper of libpq: what it refuses by itself, and what it does with a real server.
#include "client/postgres.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>

#include "client/client_test_server.h"

namespace custos::client {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kSecret[] = "s3cr[t";

PostgresOptions options_for(std::string url) {
  PostgresOptions options;
  options.url = std::move(url);
  options.connect_seconds = 2;
  return options;
}

TEST(Postgres, RefusesAPasswordInTheAddressAndDoesNotRepeatIt) {
  for (const std::string url : {"postgresql://ann:secret@127.0.0.1:1/mail", "host=127.0.0.1 password=secret"}) {
    const auto refused = Postgres::connect(options_for(url));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_THAT(refused.error().message, HasSubstr("PGPASSWORD"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
  }
}

TEST(Postgres, SaysNothingOfAnAddressThatIsNone) {
  for (const std::string url : {"postgresql://ann:s3cr[t@[127.0.0.1/mail", "host=a s3cr[t", "s3cr[t=1"}) {
    const auto refused = Postgres::connect(options_for(url));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
    EXPECT_THAT(refused.error().message, Not(HasSubstr(kSecret)));
  }
}

TEST(Postgres, NamesTheServerThatCannotBeReached) {
  const auto refused = Postgres::connect(options_for("postgresql://ann@127.0.0.1:1/mail"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Code::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("database mail of 127.0.0.1:1"));
}

// A connection to the server of tests.
#define CUSTOS_CONNECT(name)                                                                   \
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES")                                                  \
  auto name##_connected = Postgres::connect(options_for(test_server("CUSTOS_TEST_POSTGRES"))); \
  ASSERT_TRUE(name##_connected.ok()) << name##_connected.error().message;                      \
  Postgres& name = **name##_connected

TEST(Postgres, GivesBackWhatItWasGivenZeroBytesAndBrokenUtf8Included) {
  CUSTOS_CONNECT(postgres);
  const std::string bytes("a\0b\xff\xc3", 5);
  PostgresIntegers numbers;
  PostgresTexts texts;
  for (const int64_t number : {int64_t{-1}, INT64_MAX, INT64_MIN}) numbers.add(number);
  texts.add(bytes);
  texts.add("");
  texts.add_null();
  numbers.add_null();
  texts.add("last");
  ASSERT_TRUE(postgres.prepare("both", "SELECT * FROM unnest($1::bigint[], $2::bytea[])").ok());
  PostgresParameters parameters;
  parameters.set(1, numbers.bytes());
  parameters.set(2, texts.bytes());
  const auto rows = postgres.run("both", parameters);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  ASSERT_EQ(rows->size(), 4);
  EXPECT_EQ(rows->integer(0, 0), -1);
  EXPECT_EQ(rows->integer(1, 0), INT64_MAX);
  EXPECT_EQ(rows->integer(2, 0), INT64_MIN);
  EXPECT_TRUE(rows->is_null(3, 0));
  EXPECT_EQ(rows->view(0, 1), bytes);
  EXPECT_FALSE(rows->is_null(1, 1));
  EXPECT_TRUE(rows->is_null(2, 1));
  EXPECT_EQ(rows->view(3, 1), "last");
}

TEST(Postgres, AStreamThatIsLeftEarlyLeavesTheConnectionUsable) {
  CUSTOS_CONNECT(postgres);
  ASSERT_TRUE(postgres.prepare("many", "SELECT generate_series(1::bigint, $1::bigint)").ok());
  PostgresParameters parameters;
  parameters.set(1, int64_t{10'000'000});
  ASSERT_TRUE(postgres.start("many", parameters).ok());
  for (int64_t row = 1; row <= 3; ++row) EXPECT_EQ(postgres.next_row()->integer(0, 0), row);
  postgres.stop_rows();
  parameters.set(1, int64_t{2});
  const auto rows = postgres.run("many", parameters);
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(rows->size(), 2);
}

TEST(Postgres, TellsConflictsFromWhatIsMissingWithoutNamingValues) {
  CUSTOS_CONNECT(postgres);
  ASSERT_TRUE(postgres.execute("CREATE TEMPORARY TABLE once(name TEXT PRIMARY KEY)").ok());
  ASSERT_TRUE(postgres.execute("INSERT INTO once VALUES('private words')").ok());
  const Status again = postgres.execute("INSERT INTO once VALUES('private words')");
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, Code::kConflict);
  EXPECT_THAT(again.error().message, HasSubstr("23505"));
  EXPECT_THAT(again.error().message, Not(HasSubstr("private")));
  EXPECT_EQ(postgres.execute("SELECT * FROM nowhere").error().code, Code::kNotFound);
}

TEST(Postgres, AStatementThatTakesTooLongIsEnded) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES");
  PostgresOptions options = options_for(test_server("CUSTOS_TEST_POSTGRES"));
  options.statement_seconds = 1;
  const auto postgres = Postgres::connect(options);
  ASSERT_TRUE(postgres.ok());
  const Status ended = (*postgres)->execute("SELECT pg_sleep(30)");
  ASSERT_FALSE(ended.ok());
  EXPECT_THAT(ended.error().message, HasSubstr("57014"));
}

}  // namespace
}  // namespace custos::client
