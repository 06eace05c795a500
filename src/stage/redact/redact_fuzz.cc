// Redaction never crashes, its spans are in order, and a second pass finds nothing more.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "stage/redact/redactor.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using custos::stage::Redactor;
  static const Redactor redactor = Redactor::create({}).value();
  static Redactor::Scratch scratch = redactor.make_scratch().value();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const custos::document::RedactedText once = redactor.redact(text, scratch);
  if (!custos::utf8_is_valid(once.text())) std::abort();
  uint32_t at = 0;
  for (const custos::document::Entity& entity : once.entities()) {
    if (entity.original.begin < at || entity.original.empty() || entity.original.end > size) std::abort();
    if (entity.redacted.end > once.text().size()) std::abort();
    at = entity.original.end;
  }
  if (redactor.redact(once.text(), scratch).text() != once.text()) std::abort();
  return 0;
}
