// Numbers in files: little-endian, at any alignment.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace custos::index {

static_assert(std::endian::native == std::endian::little, "files are mapped as they are");

template <typename Number>
void append_number(std::string& out, Number number) {
  static_assert(std::is_arithmetic_v<Number>);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

// REQUIRES: at + sizeof(Number) <= bytes.size().
template <typename Number>
[[nodiscard]] Number number_at(std::string_view bytes, size_t at) {
  static_assert(std::is_arithmetic_v<Number>);
  assert(at + sizeof(Number) <= bytes.size());
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

}  // namespace custos::index
