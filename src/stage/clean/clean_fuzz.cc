// Whatever the text: spans in bounds, ascending, apart, at line boundaries and so on UTF-8 boundaries.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "stage/clean/clean.h"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

bool at_line_start(std::string_view text, uint32_t at) { return at == 0 || at == text.size() || text[at - 1] == '\n'; }

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const custos::stage::Cleaner cleaner = custos::stage::Cleaner::create({}).value();
  if (size == 0) return 0;
  const uint8_t flags = data[0];
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  custos::stage::CleanHints hints;
  hints.from_html = (flags & 1) != 0;
  hints.has_list_id = (flags & 2) != 0;
  hints.is_forward = (flags & 4) != 0;
  if ((flags & 8) != 0) hints.sender_name = text.substr(0, 20);
  if ((flags & 16) != 0) hints.sender_address = "ada@engine.example";
  const auto removed = cleaner.find_removed(text, hints);
  uint32_t at = 0;
  for (const auto& each : removed) {
    require(each.span.begin >= at && each.span.end > each.span.begin && each.span.end <= text.size());
    require(at_line_start(text, each.span.begin) && at_line_start(text, each.span.end));
    at = each.span.end;
  }
  for (const auto& block : custos::stage::quoted_blocks(text, removed)) {
    require(block.body.begin <= block.body.end && block.body.end <= text.size() && block.depth >= 1);
    require(at_line_start(text, block.body.begin));
  }
  return 0;
}
