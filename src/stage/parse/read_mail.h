// The ways through a message, which must all read the same; private to parse.
#pragma once

#include <gmime/gmime.h>

#include <string_view>

#include "document/message.h"
#include "stage/parse/parse.h"

namespace custos::stage {

enum class Way {
  kShortest,  // without GMime's tree where plain_mail.h can
  kTree,      // through GMime's tree always: what the tests compare the short way with
};

// REQUIRES: GMime is started, raw.size() <= limits.raw_bytes_max.
[[nodiscard]] document::Message read_mail(std::string_view raw, GMimeParserOptions* options, const ParseLimits& limits,
                                          Way way);

// GMime's reading of addresses, fields and charsets as we want it. The caller frees it.
[[nodiscard]] GMimeParserOptions* new_parser_options();

}  // namespace custos::stage
