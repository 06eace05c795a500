// Where do copies go? A Sink takes the table of record: id, redacted, tokens, then the rest, under the same names in
// every form.
//
// Exactly once: the pipeline numbers its commits 1, 2, 3 …, calls checkpoint(n) for the rows of commit n just before it
// commits n to the catalog, and says at the next start which was the last committed. A sink drops what it has beyond.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "client/kafka_options.h"
#include "columns/record_table.h"
#include "document/record.h"

namespace custos::sink {

struct SinkOptions {
  // Whose commits are numbered, e.g. 8 hex digits of an archive's id: two archives may write to one place. Letters,
  // digits and '_', at most 32; may be empty.
  std::string owner;
  uint64_t committed = 0;                  // the last commit of that owner that the catalog has; 0: none
  uint64_t part_bytes_max = 512ULL << 20;  // a Parquet file is ended at about this size …
  uint64_t part_rows_max = 1'000'000;      // … or at this many rows
  columns::TableOptions table;
  client::KafkaOptions kafka;  // the brokers are the spec's
};

// One thread at a time.
class Sink {
 public:
  virtual ~Sink() = default;
  [[nodiscard]] virtual Status append(const document::Record& record, const columns::RowContext& context) = 0;
  // Makes the rows since the last checkpoint durable and visible as those of commit `sequence`. Rows that an earlier
  // attempt at this commit left are replaced. REQUIRES: sequence > the last one, > options.committed.
  [[nodiscard]] virtual Status checkpoint(uint64_t sequence) = 0;
  // Ends the sink. Rows since the last checkpoint are dropped: they belong to no commit.
  [[nodiscard]] virtual Status finish() = 0;
  [[nodiscard]] virtual uint64_t rows() const = 0;  // appended in this run
  // As the user gave it: "parquet=DIR".
  [[nodiscard]] virtual const std::string& spec() const = 0;
};

// spec: "parquet=DIR", "kafka=BROKER:PORT/TOPIC" or "jsonl=FILE"; FILE "-" is stdout, which is flushed at checkpoints
// and takes nothing back. kInvalidArgument names the kinds there are. What others have put into DIR or FILE is left
// alone.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_sink(std::string_view spec, SinkOptions options);

}  // namespace custos::sink
