// The short way for most mail: a message that is one text needs GMime's readers of fields, but not its tree.
#pragma once

#include <gmime/gmime.h>

#include <string_view>

#include "document/message.h"
#include "stage/parse/defects.h"
#include "stage/parse/parse.h"

namespace custos::stage {

// Fills what read_headers and read_leaves would. False, and nothing touched, where the message is not of that kind: its
// fields are beyond a limit or out of order, its type is not text, a field about its content is there twice, is odd or
// tells of a file, it has no From, or no body.
[[nodiscard]] bool read_plain_mail(std::string_view raw, GMimeParserOptions* options, const ParseLimits& limits,
                                   document::Message& message, Defects& defects);

}  // namespace custos::stage
