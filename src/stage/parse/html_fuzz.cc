// Any UTF-8 as HTML: the text is UTF-8 and not much longer than what went in.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "stage/parse/html.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string html = custos::utf8_repaired({reinterpret_cast<const char*>(data), size});
  custos::stage::Defects defects;
  const std::string text = custos::stage::html_to_text(html, custos::stage::ParseLimits{}, defects);
  if (!custos::utf8_is_valid(text)) std::abort();
  if (text.size() > 200 * (html.size() + 10)) std::abort();
  return 0;
}
