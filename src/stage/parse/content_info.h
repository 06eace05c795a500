// What the fields of a part say of its content (RFC 2045, RFC 2183, RFC 3676).
#pragma once

#include <gmime/gmime.h>

#include <optional>
#include <string>
#include <string_view>

#include "stage/parse/defects.h"

namespace custos::stage {

struct ContentInfo {
  std::string type = "text/plain";  // lower-case
  std::string charset;              // as labelled, lower-case
  std::string name;                 // of a file, decoded
  bool is_attached = false;         // so says Content-Disposition
  bool is_flowed = false;           // format=flowed
  bool deletes_space = false;       // delsp=yes
  bool is_signed_only = false;      // S/MIME that hides nothing
};

// Either may be null.
[[nodiscard]] ContentInfo content_info(GMimeContentType* type, GMimeContentDisposition* disposition,
                                       GMimeParserOptions* options, Defects& defects);

// Reads a Content-Type as most mail has it: `text/plain; charset="utf-8"; format=flowed`. Nothing where it is not text
// or holds anything else, which GMime must read.
[[nodiscard]] std::optional<ContentInfo> simple_text_info(std::string_view content_type);

}  // namespace custos::stage
