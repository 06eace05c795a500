// Content-Transfer-Encoding (RFC 2045 section 6) undone, for broken bodies too.
#pragma once

#include <gmime/gmime.h>

#include <string>
#include <string_view>

#include "stage/parse/defects.h"

namespace custos::stage {

// The decoded bytes: `raw` itself where nothing is encoded, else in `storage`. Base64 lines with foreign characters (a
// list's footer below an encoded body) are passed over: "broken-base64".
[[nodiscard]] std::string_view decode_transfer(GMimeContentEncoding encoding, std::string_view raw,
                                               std::string& storage, Defects& defects);

}  // namespace custos::stage
