// The kinds of sinks there are; private to this module.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.h"
#include "sink/sink.h"

namespace custos::sink {

// DIR/part-[OWNER-]NNNNNNNNNN[-K].parquet: the rows of commit N, in more than one file when they are many (K = 1, 2,
// …). Files grow under a name that starts with a point, which readers of a folder pass over, and get their own at
// checkpoint.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_parquet_sink(const std::filesystem::path& folder, std::string spec,
                                                              SinkOptions options);

// One JSON object a line. Beside FILE lies FILE.state: which commit ends at which byte, for the last two commits; a
// file that is not a regular one (a pipe, stdout) has none and takes nothing back.
[[nodiscard]] Result<std::unique_ptr<Sink>> open_jsonl_sink(const std::string& file, std::string spec,
                                                            SinkOptions options);

// One JSON object a message, with the record's id as the key and the headers custos-archive (the owner) and
// custos-commit. The rows of a commit and a marker of it in the topic "TOPIC.commits" are one transaction. Both topics
// are made where they are missing. `target`: "broker:port,broker:port/topic".
[[nodiscard]] Result<std::unique_ptr<Sink>> open_kafka_sink(const std::string& target, std::string spec,
                                                            SinkOptions options);

}  // namespace custos::sink
