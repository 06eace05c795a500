// A server that wants TLS and a password; and what is said where a certificate or the password will not do.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/file.h"
#include "client/client_test_server.h"
#include "client/postgres.h"

namespace custos::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A file as ~/.pgpass is, for as long as it lives.
class PasswordFile {
 public:
  explicit PasswordFile(const std::string& password) {
    file_ = std::filesystem::temp_directory_path() / ("custos-pgpass-" + std::to_string(getpid()));
    std::ofstream(file_) << "*:*:*:secured:" << password << "\n";
    std::filesystem::permissions(file_, std::filesystem::perms::owner_read);
  }
  ~PasswordFile() { std::filesystem::remove(file_); }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;

  [[nodiscard]] std::string parameter() const { return "&passfile=" + file_.string(); }

 private:
  std::filesystem::path file_;
};

std::string right_password() {
  const std::string text = *read_file(test_tls_file("password"), 1 << 10);
  return text.substr(0, text.find('\n'));
}

std::string trusting(const char* authority) {
  return "?sslmode=verify-full&sslrootcert=" + test_tls_file(authority).string();
}

Result<std::unique_ptr<Postgres>> connect(const std::string& parameters) {
  PostgresOptions options;
  options.url = test_server("CUSTOS_TEST_POSTGRES_TLS") + parameters;
  options.connect_seconds = 5;
  return Postgres::connect(options);
}

std::string refusal(const std::string& parameters) {
  const auto refused = connect(parameters);
  if (refused.ok()) return "";
  EXPECT_EQ(refused.error().code, Code::kIo);
  EXPECT_THAT(refused.error().message, HasSubstr("database postgres of 127.0.0.1:"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr(right_password())));
  return refused.error().message;
}

TEST(PostgresTls, ThePasswordOpensAServerThatTheAuthoritySigned) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES_TLS");
  const PasswordFile file(right_password());
  const auto postgres = connect(trusting("ca.pem") + file.parameter());
  ASSERT_TRUE(postgres.ok()) << postgres.error().message;
  ASSERT_TRUE(
      (*postgres)->prepare("tls", "SELECT count(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()").ok());
  const auto rows = (*postgres)->run("tls", {});
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(rows->integer(0, 0), 1);
}

TEST(PostgresTls, AServerThatTheAuthorityDidNotSignIsRefused) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES_TLS");
  const PasswordFile file(right_password());
  EXPECT_THAT(refusal(trusting("other-ca.pem") + file.parameter()),
              testing::AllOf(HasSubstr("certificate verify failed"), HasSubstr("check sslmode, sslrootcert")));
  EXPECT_THAT(refusal(trusting("nowhere.pem") + file.parameter()),
              testing::AllOf(HasSubstr("nowhere.pem"), HasSubstr("does not exist")));
}

TEST(PostgresTls, ACertificateForAnotherNameIsRefused) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES_TLS");
  PostgresOptions options;
  options.url = test_server("CUSTOS_TEST_POSTGRES_TLS") + trusting("ca.pem");
  options.url.replace(options.url.find("127.0.0.1"), 9, "localhost");
  const auto refused = Postgres::connect(options);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("does not match host name"));
}

TEST(PostgresTls, AWrongPasswordIsRefusedAndNeverShown) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES_TLS");
  const PasswordFile file("wrongsecret");
  const std::string said = refusal(trusting("ca.pem") + file.parameter());
  EXPECT_THAT(said, HasSubstr("password authentication failed"));
  EXPECT_THAT(said, HasSubstr("check the user in its address, and PGPASSWORD"));
  EXPECT_THAT(said, Not(HasSubstr("wrongsecret")));
}

TEST(PostgresTls, AUserWhoNeedsTlsIsToldSo) {
  CUSTOS_NEEDS_SERVER("CUSTOS_TEST_POSTGRES_TLS");
  EXPECT_THAT(refusal("?sslmode=disable"), HasSubstr("pg_hba.conf wants another user, host or sslmode"));
}

TEST(PostgresTls, AServerWithoutTlsHearsNothingElse) {
  const int listening = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listening, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listening, 1), 0);
  ::getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  ssize_t further = -1;
  std::thread server([&] {
    const int connection = ::accept(listening, nullptr, nullptr);
    char bytes[64];
    ::recv(connection, bytes, 8, MSG_WAITALL);  // SSLRequest
    ::send(connection, "N", 1, MSG_NOSIGNAL);
    further = ::recv(connection, bytes, sizeof bytes, 0);
    ::close(connection);
  });
  PostgresOptions options;
  // An authority that is a file, so that it is not the authority that is missed.
  options.url = "postgresql://ann@127.0.0.1:" + std::to_string(ntohs(address.sin_port)) +
                "/mail?sslmode=verify-full&gssencmode=disable&sslrootcert=/dev/null";
  const auto refused = Postgres::connect(options);
  ::shutdown(listening, SHUT_RDWR);
  server.join();
  ::close(listening);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("does not support SSL"));
  EXPECT_EQ(further, 0);
}

}  // namespace
}  // namespace custos::client
