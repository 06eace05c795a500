// Collections, partitions, indexes. Reading and writing rows is in rows.cc.
#include "client/milvus.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/file.h"
#include "client/milvus/calls.h"
#include "client/milvus/types.h"

namespace custos::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using Stub = milvus::MilvusService::Stub;

constexpr milliseconds kPollTime{200};
constexpr uint64_t kAuthoritiesBytesMax = 16 << 20;
constexpr int32_t kLoaded = 3;  // enum LoadState

milvus::CollectionRequest named(const std::string& collection) {
  milvus::CollectionRequest request;
  request.set_collection_name(collection);
  return request;
}

milvus::PartitionRequest named(const std::string& collection, const std::string& partition) {
  milvus::PartitionRequest request;
  request.set_collection_name(collection);
  request.set_partition_name(partition);
  return request;
}

void add_pair(google::protobuf::RepeatedPtrField<milvus::KeyValuePair>& pairs, const char* key, std::string value) {
  milvus::KeyValuePair* const pair = pairs.Add();
  pair->set_key(key);
  pair->set_value(std::move(value));
}

milvus::FieldSchema schema_of(const MilvusField& field) {
  milvus::FieldSchema schema;
  schema.set_name(field.name);
  schema.set_is_primary_key(field.is_key);
  switch (field.type) {
    case MilvusType::kInt64:
      schema.set_data_type(kDataInt64);
      break;
    case MilvusType::kInt64List:
      schema.set_data_type(kDataArray);
      schema.set_element_type(kDataInt64);
      add_pair(*schema.mutable_type_params(), "max_capacity", std::to_string(field.size_max));
      break;
    case MilvusType::kFloatVector:
      schema.set_data_type(kDataFloatVector);
      add_pair(*schema.mutable_type_params(), "dim", std::to_string(field.size_max));
      break;
  }
  return schema;
}

MilvusField field_of(const milvus::FieldSchema& schema) {
  MilvusField field{schema.name(), MilvusType::kInt64, schema.is_primary_key(), 0};
  if (schema.data_type() == kDataArray) field.type = MilvusType::kInt64List;
  if (schema.data_type() == kDataFloatVector) field.type = MilvusType::kFloatVector;
  for (const milvus::KeyValuePair& pair : schema.type_params()) {
    if (pair.key() != "dim" && pair.key() != "max_capacity") continue;
    std::from_chars(pair.value().data(), pair.value().data() + pair.value().size(), field.size_max);
  }
  return field;
}

const char* index_name(MilvusIndex::Kind kind) {
  if (kind == MilvusIndex::Kind::kHnsw) return "HNSW";
  return kind == MilvusIndex::Kind::kIvfFlat ? "IVF_FLAT" : "FLAT";
}

std::string index_parameters(const MilvusIndex& index) {
  if (index.kind == MilvusIndex::Kind::kHnsw) {
    return fmt::format(R"({{"M":{},"efConstruction":{}}})", index.m, index.ef_construction);
  }
  return index.kind == MilvusIndex::Kind::kIvfFlat ? fmt::format(R"({{"nlist":{}}})", index.nlist) : "{}";
}

}  // namespace

Milvus::Milvus(std::unique_ptr<Calls> calls) : calls_(std::move(calls)) {}
Milvus::~Milvus() = default;

Result<std::unique_ptr<Milvus>> Milvus::connect(const MilvusOptions& options, std::stop_token stop) {
  std::string authorities;
  if (options.tls && !options.ca_file.empty()) {
    ASSIGN_OR_RETURN(authorities, read_file(options.ca_file, kAuthoritiesBytesMax));
  }
  MilvusOptions patient = options;
  patient.attempts_max = 1;
  Calls probe(patient, authorities, stop);
  const auto end = steady_clock::now() + seconds(options.ready_seconds);
  while (true) {
    milvus::CheckHealthResponse health;
    const Status answered = probe.send("connecting", &Stub::CheckHealth, milvus::CheckHealthRequest(), health);
    if (answered.ok() && health.ishealthy()) break;
    if (!answered.ok() && answered.error().code != Code::kIo) return answered.error();
    if (steady_clock::now() >= end) {
      if (!answered.ok()) return answered.error();
      return Error{Code::kIo, fmt::format("Milvus at {} is not healthy after {} s; its log says why", options.address,
                                          options.ready_seconds)};
    }
    RETURN_IF_ERROR(probe.wait(kPollTime));
  }
  return std::unique_ptr<Milvus>(new Milvus(std::make_unique<Calls>(options, authorities, std::move(stop))));
}

const std::string& Milvus::address() const { return calls_->options().address; }

Result<std::string> Milvus::version() {
  milvus::GetVersionResponse answer;
  RETURN_IF_ERROR(calls_->send("asking for the version", &Stub::GetVersion, milvus::GetVersionRequest(), answer));
  return answer.version();
}

Result<bool> Milvus::is_healthy() {
  milvus::CheckHealthResponse answer;
  RETURN_IF_ERROR(calls_->send("asking for its health", &Stub::CheckHealth, milvus::CheckHealthRequest(), answer));
  return answer.ishealthy();
}

Status Milvus::create_collection(const MilvusCollection& collection) {
  milvus::CollectionSchema schema;
  schema.set_name(collection.name);
  schema.set_description(collection.description);
  for (const MilvusField& field : collection.fields) *schema.add_fields() = schema_of(field);
  milvus::CreateCollectionRequest request;
  request.set_collection_name(collection.name);
  request.set_schema(schema.SerializeAsString());
  request.set_shards_num(static_cast<int32_t>(collection.shards));
  request.set_consistency_level(kLevelSession);
  milvus::Status answer;
  const Status made = calls_->call("creating collection " + collection.name, &Stub::CreateCollection, request, answer);
  if (made.ok()) return made;
  // One that differs is refused; so is, by some versions, one that is the same.
  const Result<MilvusCollection> there = describe_collection(collection.name);
  if (!there.ok()) return made;
  const auto same = [](const MilvusField& a, const MilvusField& b) {
    return a.name == b.name && a.type == b.type && a.is_key == b.is_key && a.size_max == b.size_max;
  };
  if (std::ranges::equal(there->fields, collection.fields, same)) return {};
  return Error{Code::kConflict,
               fmt::format("Milvus at {}: there is a collection {} with other fields", address(), collection.name)};
}

Status Milvus::drop_collection(const std::string& name) {
  milvus::Status answer;
  const Status done = calls_->call("dropping collection " + name, &Stub::DropCollection, named(name), answer);
  if (!done.ok() && done.error().code == Code::kNotFound) return {};
  return done;
}

Result<bool> Milvus::has_collection(const std::string& name) {
  milvus::BoolResponse answer;
  RETURN_IF_ERROR(calls_->call("looking for collection " + name, &Stub::HasCollection, named(name), answer));
  return answer.value();
}

Result<MilvusCollection> Milvus::describe_collection(const std::string& name) {
  milvus::DescribeCollectionResponse answer;
  RETURN_IF_ERROR(calls_->call("describing collection " + name, &Stub::DescribeCollection, named(name), answer));
  MilvusCollection collection{answer.schema().name(), answer.schema().description(), {}, 1};
  for (const milvus::FieldSchema& field : answer.schema().fields()) collection.fields.push_back(field_of(field));
  return collection;
}

Result<std::vector<std::string>> Milvus::collections() {
  milvus::ShowCollectionsResponse answer;
  RETURN_IF_ERROR(
      calls_->call("listing collections", &Stub::ShowCollections, milvus::ShowCollectionsRequest(), answer));
  return std::vector<std::string>(answer.collection_names().begin(), answer.collection_names().end());
}

Result<uint64_t> Milvus::flushed_rows(const std::string& name) {
  milvus::StatisticsResponse answer;
  RETURN_IF_ERROR(calls_->call("counting rows", &Stub::GetCollectionStatistics, named(name), answer));
  uint64_t rows = 0;
  for (const milvus::KeyValuePair& pair : answer.stats()) {
    if (pair.key() != "row_count") continue;
    std::from_chars(pair.value().data(), pair.value().data() + pair.value().size(), rows);
  }
  return rows;
}

Status Milvus::set_alias(const std::string& alias, const std::string& collection) {
  milvus::AliasRequest request;
  request.set_alias(alias);
  request.set_collection_name(collection);
  milvus::Status answer;
  const Status made = calls_->call("creating alias " + alias, &Stub::CreateAlias, request, answer);
  return made.ok() ? made : calls_->call("moving alias " + alias, &Stub::AlterAlias, request, answer);
}

Status Milvus::drop_alias(const std::string& alias) {
  milvus::DropAliasRequest request;
  request.set_alias(alias);
  milvus::Status answer;
  return calls_->call("dropping alias " + alias, &Stub::DropAlias, request, answer);
}

Status Milvus::create_partition(const std::string& collection, const std::string& name) {
  milvus::Status answer;
  const Status made =
      calls_->call("creating partition " + name, &Stub::CreatePartition, named(collection, name), answer);
  if (made.ok()) return made;
  milvus::BoolResponse there;
  const Status asked =
      calls_->call("looking for partition " + name, &Stub::HasPartition, named(collection, name), there);
  return asked.ok() && there.value() ? Status() : made;
}

Status Milvus::drop_partition(const std::string& collection, const std::string& name) {
  milvus::Status answer;
  return calls_->call("dropping partition " + name, &Stub::DropPartition, named(collection, name), answer);
}

Result<std::vector<std::string>> Milvus::partitions(const std::string& collection) {
  milvus::ShowPartitionsResponse answer;
  RETURN_IF_ERROR(calls_->call("listing partitions", &Stub::ShowPartitions, named(collection), answer));
  return std::vector<std::string>(answer.partition_names().begin(), answer.partition_names().end());
}

Status Milvus::create_index(const std::string& collection, const std::string& field, const MilvusIndex& index) {
  milvus::CreateIndexRequest request;
  request.set_collection_name(collection);
  request.set_field_name(field);
  add_pair(*request.mutable_extra_params(), "index_type", index_name(index.kind));
  add_pair(*request.mutable_extra_params(), "metric_type", "IP");
  add_pair(*request.mutable_extra_params(), "params", index_parameters(index));
  milvus::Status answer;
  return calls_->call("indexing " + field, &Stub::CreateIndex, request, answer);
}

Result<uint64_t> Milvus::indexed_rows(const std::string& collection, const std::string& field) {
  milvus::DescribeIndexRequest request;
  request.set_collection_name(collection);
  request.set_field_name(field);
  milvus::DescribeIndexResponse answer;
  RETURN_IF_ERROR(calls_->call("describing the index", &Stub::DescribeIndex, request, answer));
  uint64_t rows = 0;
  for (const milvus::IndexDescription& index : answer.index_descriptions()) {
    rows += static_cast<uint64_t>(index.indexed_rows());
  }
  return rows;
}

Status Milvus::load(const std::string& collection) {
  milvus::LoadCollectionRequest request;
  request.set_collection_name(collection);
  request.set_replica_number(1);
  milvus::Status answer;
  RETURN_IF_ERROR(calls_->call("loading collection " + collection, &Stub::LoadCollection, request, answer));
  milvus::GetLoadStateRequest asked;
  asked.set_collection_name(collection);
  const auto end = steady_clock::now() + seconds(calls_->options().ready_seconds);
  while (true) {
    milvus::GetLoadStateResponse state;
    RETURN_IF_ERROR(calls_->call("asking for the load state", &Stub::GetLoadState, asked, state));
    if (state.state() == kLoaded) return {};
    if (steady_clock::now() >= end) {
      return Error{Code::kIo, fmt::format("Milvus at {}: collection {} is not loaded after {} s; its query node may "
                                          "lack memory",
                                          address(), collection, calls_->options().ready_seconds)};
    }
    RETURN_IF_ERROR(calls_->wait(kPollTime));
  }
}

Status Milvus::release(const std::string& collection) {
  milvus::Status answer;
  return calls_->call("releasing collection " + collection, &Stub::ReleaseCollection, named(collection), answer);
}

Status Milvus::flush(const std::string& collection) {
  milvus::FlushRequest request;
  request.add_collection_names(collection);
  milvus::FlushResponse begun;
  RETURN_IF_ERROR(calls_->call("flushing " + collection, &Stub::Flush, request, begun));
  milvus::GetFlushStateRequest asked;
  asked.set_collection_name(collection);
  for (const auto& [name, segments] : begun.coll_segids()) {
    for (const int64_t segment : segments.data()) asked.add_segmentids(segment);
  }
  for (const auto& [name, timestamp] : begun.coll_flush_ts()) asked.set_flush_ts(timestamp);
  const auto end = steady_clock::now() + seconds(calls_->options().ready_seconds);
  while (true) {
    milvus::GetFlushStateResponse state;
    RETURN_IF_ERROR(calls_->call("asking for the flush state", &Stub::GetFlushState, asked, state));
    if (state.flushed()) return {};
    if (steady_clock::now() >= end) {
      return Error{Code::kIo, fmt::format("Milvus at {}: {} is not flushed after {} s; its storage may be full",
                                          address(), collection, calls_->options().ready_seconds)};
    }
    RETURN_IF_ERROR(calls_->wait(kPollTime));
  }
}

}  // namespace custos::client
