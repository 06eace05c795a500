// A message's texts as bytes: LEB128 numbers and strings with their length before them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "index/text_file.h"

namespace custos::index {

// LEB128, 1 to 10 bytes.
void append_varint(std::string& out, uint64_t value);
// Takes a number off the front of `bytes`; false where it is cut or too long.
[[nodiscard]] bool take_varint(std::string_view& bytes, uint64_t& value);

// Whether spans and chunks lie in the texts that they are of, as decode_text demands.
[[nodiscard]] bool is_well_formed(const document::Record& record);
// REQUIRES: is_well_formed(record).
void encode_text(const document::Record& record, std::string& out);

// How its caller may make redacted text.
using Restore = document::RedactedText (*)(std::string text);
// The inverse, but for `first_chunk`, which the caller sets. kCorrupt: lengths, spans or text that cannot be. Allocates
// no more than a few times bytes.size().
[[nodiscard]] Result<StoredText> decode_text(std::string_view bytes, Restore restore);

}  // namespace custos::index
