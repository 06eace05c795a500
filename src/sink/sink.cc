#include "sink/sink.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "sink/sink_factory.h"

namespace custos::sink {
namespace {

bool is_owner(std::string_view owner) {
  return owner.size() <= 32 && std::ranges::all_of(owner, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

}  // namespace

Result<std::unique_ptr<Sink>> open_sink(std::string_view spec, SinkOptions options) {
  const size_t equals = spec.find('=');
  const std::string_view kind = spec.substr(0, equals);
  const std::string_view target = equals == std::string_view::npos ? std::string_view() : spec.substr(equals + 1);
  if (!is_owner(options.owner)) {
    return Error{Code::kInvalidArgument, "a sink's owner is at most 32 letters, digits and '_'"};
  }
  if (!target.empty() && kind == "parquet") {
    return open_parquet_sink(std::filesystem::path(target), std::string(spec), std::move(options));
  }
  if (!target.empty() && kind == "jsonl") {
    return open_jsonl_sink(std::string(target), std::string(spec), std::move(options));
  }
  if (!target.empty() && kind == "kafka") {
    return open_kafka_sink(std::string(target), std::string(spec), std::move(options));
  }
  return Error{Code::kInvalidArgument, "there is no sink \"" + std::string(spec) +
                                           "\"; write parquet=DIR, jsonl=FILE (jsonl=- is stdout) or "
                                           "kafka=BROKER:PORT/TOPIC"};
}

}  // namespace custos::sink
