// A record as one JSON object, its members named as the columns of messages.parquet.
#pragma once

#include "base/json_writer.h"
#include "columns/record_table.h"
#include "document/record.h"

namespace custos::sink {

// Dates are RFC 3339 in UTC, digests hex, an absent value null.
void write_record(JsonWriter& json, const document::Record& record, const columns::RowContext& context);

}  // namespace custos::sink
