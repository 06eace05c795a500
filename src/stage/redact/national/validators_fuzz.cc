#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "stage/redact/checks/validators.h"

namespace {

std::string in_upper_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

// Any bytes may reach a check, since configured patterns name checks too; the case of letters never matters.
void try_all(std::span<const custos::stage::NamedValidator> table, std::string_view text) {
  for (const auto& [name, check] : table) {
    if (check(text) != check(in_upper_case(text))) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_all(custos::stage::german_validators(), text);
  try_all(custos::stage::european_validators(), text);
  try_all(custos::stage::asian_validators(), text);
  try_all(custos::stage::american_validators(), text);
  return 0;
}
