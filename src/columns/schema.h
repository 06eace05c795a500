// The columns of messages.parquet and chunks.parquet.
//
// Strings are UTF-8. begin and end are bytes, half open. A text that is empty where it may be missing is null. A body
// part's text is not stored twice: it is the bytes [begin, end) of `redacted`, and its own `text` is null. Nor is a
// chunk's: it is the bytes [begin, end) of the text of part `part` in row `message` of messages.parquet.
#pragma once

#include <arrow/type_fwd.h>

#include <memory>

namespace custos::columns {

// The version of the two layouts, in the files' metadata as "custos.layout". A reader refuses a newer one.
inline constexpr int kLayoutVersion = 1;

[[nodiscard]] std::shared_ptr<arrow::Schema> record_schema(bool participants);
[[nodiscard]] std::shared_ptr<arrow::Schema> chunk_schema();

}  // namespace custos::columns
