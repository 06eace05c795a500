#include "client/postgres.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace custos::client {
namespace {

constexpr int kBinary = 1;

PGconn* as_connection(void* connection) { return static_cast<PGconn*>(connection); }
const PGresult* as_result(const void* result) { return static_cast<const PGresult*>(result); }

std::string first_line(const char* text) {
  std::string_view line = text == nullptr ? "" : text;
  line = line.substr(0, line.find('\n'));
  return std::string(line);
}

// SQLSTATE, PostgreSQL documentation, appendix A.
Code code_of(std::string_view state) {
  if (state.starts_with("23") || state.starts_with("40") || state == "55P03") return Code::kConflict;
  if (state == "3F000" || state == "42P01" || state == "3D000") return Code::kNotFound;
  if (state.starts_with("54") || state.starts_with("53")) return Code::kLimit;
  if (state.starts_with("28") || state.starts_with("42")) return Code::kInvalidArgument;
  return Code::kIo;
}

std::string place_of(PGconn* connection) {
  const auto known = [](const char* text) { return text == nullptr || *text == '\0' ? "?" : text; };
  return fmt::format("database {} of {}:{}", known(PQdb(connection)), known(PQhost(connection)),
                     known(PQport(connection)));
}

// libpq takes what is left of such lists at run time.
struct Arguments {
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

}  // namespace

PostgresParameters::Value& PostgresParameters::at(int position) {
  if (values_.size() < static_cast<size_t>(position)) values_.resize(static_cast<size_t>(position));
  return values_[static_cast<size_t>(position - 1)];
}

void PostgresParameters::set(int position, int64_t value) {
  Value& slot = at(position);
  slot.is_set = slot.is_integer = true;
  const auto number = static_cast<uint64_t>(value);
  for (int byte = 0; byte < 8; ++byte) slot.integer[byte] = static_cast<char>(number >> (56 - 8 * byte));
}

void PostgresParameters::set(int position, std::string_view bytes) {
  Value& slot = at(position);
  slot.is_set = true;
  slot.is_integer = false;
  slot.bytes = bytes.data() == nullptr ? std::string_view("") : bytes;
}

void PostgresParameters::clear() { values_.clear(); }

PostgresRows::PostgresRows(PostgresRows&& other) noexcept : result_(std::exchange(other.result_, nullptr)) {}

PostgresRows& PostgresRows::operator=(PostgresRows&& other) noexcept {
  std::swap(result_, other.result_);
  return *this;
}

PostgresRows::~PostgresRows() { PQclear(static_cast<PGresult*>(result_)); }

int PostgresRows::size() const { return result_ == nullptr ? 0 : PQntuples(as_result(result_)); }

int64_t PostgresRows::integer(int row, int column) const {
  const std::string_view bytes = view(row, column);
  if (bytes.empty() || bytes.size() > 8) return 0;
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(bytes.size());
  return static_cast<int64_t>(number << unused) >> unused;
}

std::string_view PostgresRows::view(int row, int column) const {
  if (is_null(row, column)) return {};
  return {PQgetvalue(as_result(result_), row, column),
          static_cast<size_t>(PQgetlength(as_result(result_), row, column))};
}

bool PostgresRows::is_null(int row, int column) const { return PQgetisnull(as_result(result_), row, column) != 0; }

int64_t PostgresRows::changes() const {
  const char* const text = PQcmdTuples(const_cast<PGresult*>(as_result(result_)));
  return text == nullptr ? 0 : std::strtoll(text, nullptr, 10);
}

namespace {

// By words of libpq, which has no codes for this, and of the server in English.
std::string_view advice_for(std::string_view reason) {
  const auto says = [&](std::string_view words) { return reason.find(words) != reason.npos; };
  if (says("certificate") || says("SSL") || says("private key")) {
    return "check sslmode, sslrootcert, sslcert and sslkey in its address";
  }
  if (says("password")) return "check the user in its address, and PGPASSWORD, ~/.pgpass or the passfile";
  if (says("pg_hba.conf")) return "the server's pg_hba.conf wants another user, host or sslmode";
  return "does the server run, and do user, PGPASSWORD and pg_hba.conf agree?";
}

// libpq's own words would repeat the text, and with it a password.
Status check_url(const std::string& url) {
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), nullptr),
                                                                             &PQconninfoFree);
  if (options == nullptr) {
    return Error{Code::kInvalidArgument, "not the address of a database: postgresql://user@host:port/database is one"};
  }
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    const std::string_view name = option->keyword;
    if (option->val == nullptr || (name != "password" && name != "sslpassword")) continue;
    return Error{Code::kInvalidArgument,
                 "the address of the database has a password: give it by PGPASSWORD, ~/.pgpass or a service file"};
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Postgres>> Postgres::connect(const PostgresOptions& options) {
  RETURN_IF_ERROR(check_url(options.url));
  const std::string timeout = std::to_string(options.connect_seconds);
  const std::string settings =
      fmt::format("-c lock_timeout={}s -c statement_timeout={}s -c client_min_messages=warning", options.lock_seconds,
                  options.statement_seconds);
  // A server that is gone without a word is noticed within two minutes.
  const char* const names[] = {
      "dbname",          "connect_timeout",     "application_name", "options",          "client_encoding",
      "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", nullptr};
  const char* const values[] = {options.url.c_str(),
                                timeout.c_str(),
                                options.application.c_str(),
                                settings.c_str(),
                                "UTF8",
                                "60",
                                "15",
                                "4",
                                "120000",
                                nullptr};
  std::unique_ptr<Postgres> postgres(new Postgres(PQconnectdbParams(names, values, 1)));
  PGconn* const connection = as_connection(postgres->connection_);
  if (connection == nullptr) return Error{Code::kIo, "PostgreSQL: out of memory"};
  postgres->place_ = place_of(connection);
  if (PQstatus(connection) != CONNECTION_OK) {
    const std::string reason = first_line(PQerrorMessage(connection));
    return Error{Code::kIo,
                 fmt::format("cannot connect to the {}: {}; {}", postgres->place_, reason, advice_for(reason))};
  }
  if (options.schema.empty()) return postgres;
  const std::unique_ptr<char, decltype(&PQfreemem)> quoted(
      PQescapeIdentifier(connection, options.schema.data(), options.schema.size()), &PQfreemem);
  if (quoted == nullptr) return Error{Code::kInvalidArgument, "not a name for a schema: " + options.schema};
  RETURN_IF_ERROR(postgres->execute(fmt::format("SET search_path TO {}", quoted.get())));
  return postgres;
}

Postgres::~Postgres() { PQfinish(as_connection(connection_)); }

Error Postgres::connection_error() const {
  return {Code::kIo, fmt::format("the {} cannot be reached any more: {}", place_,
                                 first_line(PQerrorMessage(as_connection(connection_))))};
}

// The server's message alone: its detail would name values.
Error Postgres::error_of(const void* result) const {
  if (result == nullptr || PQstatus(as_connection(connection_)) != CONNECTION_OK) return connection_error();
  const char* const state = PQresultErrorField(as_result(result), PG_DIAG_SQLSTATE);
  const char* const message = PQresultErrorField(as_result(result), PG_DIAG_MESSAGE_PRIMARY);
  return {code_of(state == nullptr ? "" : state),
          fmt::format("{}: {} (SQLSTATE {})", place_, first_line(message), state == nullptr ? "?" : state)};
}

Status Postgres::execute(const std::string& sql) {
  const PostgresRows rows(PQexec(as_connection(connection_), sql.c_str()));
  const ExecStatusType status = PQresultStatus(as_result(rows.result_));
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return {};
  return error_of(rows.result_);
}

Status Postgres::prepare(const std::string& name, const std::string& sql) {
  const PostgresRows rows(PQprepare(as_connection(connection_), name.c_str(), sql.c_str(), 0, nullptr));
  if (PQresultStatus(as_result(rows.result_)) == PGRES_COMMAND_OK) return {};
  return error_of(rows.result_);
}

namespace {

template <typename Value>
Arguments arguments_of(const std::vector<Value>& values) {
  Arguments all;
  for (const Value& value : values) {
    const char* const bytes = value.is_integer ? value.integer : value.bytes.data();
    all.values.push_back(value.is_set ? bytes : nullptr);
    all.lengths.push_back(value.is_integer ? 8 : static_cast<int>(value.bytes.size()));
    all.formats.push_back(kBinary);
  }
  return all;
}

}  // namespace

Result<PostgresRows> Postgres::run(const std::string& name, const PostgresParameters& parameters) {
  const Arguments all = arguments_of(parameters.values_);
  PostgresRows rows(PQexecPrepared(as_connection(connection_), name.c_str(), parameters.count(), all.values.data(),
                                   all.lengths.data(), all.formats.data(), kBinary));
  const ExecStatusType status = PQresultStatus(as_result(rows.result_));
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
  return error_of(rows.result_);
}

Status Postgres::start(const std::string& name, const PostgresParameters& parameters) {
  PGconn* const connection = as_connection(connection_);
  const Arguments all = arguments_of(parameters.values_);
  if (PQsendQueryPrepared(connection, name.c_str(), parameters.count(), all.values.data(), all.lengths.data(),
                          all.formats.data(), kBinary) != 1 ||
      PQsetSingleRowMode(connection) != 1) {
    return connection_error();
  }
  is_streaming_ = true;
  return {};
}

Result<PostgresRows> Postgres::next_row() {
  if (!is_streaming_) return PostgresRows();
  PostgresRows rows(PQgetResult(as_connection(connection_)));
  const ExecStatusType status = PQresultStatus(as_result(rows.result_));
  if (rows.result_ != nullptr && status == PGRES_SINGLE_TUPLE) return rows;
  const bool ended = rows.result_ == nullptr || status == PGRES_TUPLES_OK;
  const Error error = ended ? Error() : error_of(rows.result_);
  stop_rows();
  if (ended) return PostgresRows();
  return error;
}

void Postgres::stop_rows() {
  if (!is_streaming_) return;
  is_streaming_ = false;
  PGconn* const connection = as_connection(connection_);
  // The rest of a result that is not wanted is read past, as far as the server has not stopped by then.
  if (PGcancel* const cancel = PQgetCancel(connection); cancel != nullptr) {
    char ignored[256];
    if (PQtransactionStatus(connection) == PQTRANS_ACTIVE) PQcancel(cancel, ignored, sizeof(ignored));
    PQfreeCancel(cancel);
  }
  while (PGresult* const rest = PQgetResult(connection)) PQclear(rest);
}

}  // namespace custos::client
