// Arrays in PostgreSQL's binary form (src/backend/utils/adt/arrayfuncs.c, array_recv): dimensions, whether there are
// nulls, type of the elements; then size and first index of the dimension; then length and bytes of each element.
#include <cstring>

#include "client/postgres.h"

namespace custos::client {
namespace {

constexpr uint32_t kInt8 = 20;   // pg_type.dat
constexpr uint32_t kBytea = 17;  // pg_type.dat
constexpr size_t kCountAt = 12;

void append(std::string& bytes, uint64_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
}

std::string header(uint32_t type) {
  std::string bytes;
  for (const uint32_t field : {1U, 0U, type, 0U, 1U}) append(bytes, field, 4);
  return bytes;
}

std::string_view finished(std::string& bytes, uint32_t count, bool has_null) {
  std::string start;
  append(start, 1, 4);
  append(start, has_null ? 1 : 0, 4);
  std::memcpy(bytes.data(), start.data(), start.size());
  std::string size;
  append(size, count, 4);
  std::memcpy(bytes.data() + kCountAt, size.data(), size.size());
  return bytes;
}

}  // namespace

PostgresIntegers::PostgresIntegers() : bytes_(header(kInt8)) {}

void PostgresIntegers::add(int64_t value) {
  append(bytes_, 8, 4);
  append(bytes_, static_cast<uint64_t>(value), 8);
  ++count_;
}

void PostgresIntegers::add_null() {
  append(bytes_, 0xffffffff, 4);
  ++count_;
  has_null_ = true;
}

std::string_view PostgresIntegers::bytes() { return finished(bytes_, count_, has_null_); }

PostgresTexts::PostgresTexts() : bytes_(header(kBytea)) {}

void PostgresTexts::add(std::string_view text) {
  append(bytes_, text.size(), 4);
  bytes_ += text;
  ++count_;
}

void PostgresTexts::add_null() {
  append(bytes_, 0xffffffff, 4);
  ++count_;
  has_null_ = true;
}

std::string_view PostgresTexts::bytes() { return finished(bytes_, count_, has_null_); }

}  // namespace custos::client
