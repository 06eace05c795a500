// Where the real servers of tests are: `./dev services up` starts them, `./dev test --services` names them.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace custos::client {

// The value of $CUSTOS_TEST_KAFKA, …_S3, …_POSTGRES, …_MILVUS and of what tools/services.py names beside them; "" where
// that server does not run.
[[nodiscard]] inline std::string test_server(const char* variable) {
  const char* const value = std::getenv(variable);
  return value == nullptr ? "" : value;
}

// A file of $CUSTOS_TEST_TLS: ca.pem, other-ca.pem, client.pem, client.key, password …
[[nodiscard]] inline std::filesystem::path test_tls_file(const char* name) {
  return std::filesystem::path(test_server("CUSTOS_TEST_TLS")) / name;
}

}  // namespace custos::client

// First line of a test. Skips it, saying so, where the server does not run; fails it where servers were promised.
#define CUSTOS_NEEDS_SERVER(variable)                                                                          \
  if (custos::client::test_server(variable).empty()) {                                                         \
    if (!custos::client::test_server("CUSTOS_SERVICES_REQUIRED").empty()) FAIL() << variable << " is not set"; \
    GTEST_SKIP() << variable << " is not set: ./dev services up starts the server";                            \
  }
