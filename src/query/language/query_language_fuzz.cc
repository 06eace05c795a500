// Any bytes parse or give an error that names a byte of the query; a canonical form never crashes the printer.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "query/language.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace custos;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<query::Expression> parsed = query::parse_query(text);
  if (!parsed.ok()) {
    const bool explained = parsed.error().code == Code::kLimit || parsed.error().message.starts_with("at byte ");
    if (!explained) std::abort();
    return 0;
  }
  if (query::to_text(*parsed).empty() || parsed->span.end > size) std::abort();
  return 0;
}
