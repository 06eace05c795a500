// Writing, removing, searching and reading rows.
#include <algorithm>
#include <cstring>
#include <utility>

#include "client/milvus/calls.h"
#include "client/milvus/types.h"

namespace custos::client {
namespace {

using Stub = milvus::MilvusService::Stub;

constexpr size_t kIdsOfCall = 4096;         // of one remove(): its expression has about 80 KB
constexpr int32_t kPlaceholderFloat = 101;  // enum PlaceholderType
constexpr int32_t kBooleanExpression = 1;   // enum DslType
constexpr uint64_t kBoundedTimestamp = 2;   // what the server takes for "a few seconds ago is enough"

template <typename Request>
void add_pair(Request& request, const char* key, std::string value,
              google::protobuf::RepeatedPtrField<milvus::KeyValuePair>* (Request::*pairs)()) {
  milvus::KeyValuePair* const pair = (request.*pairs)()->Add();
  pair->set_key(key);
  pair->set_value(std::move(value));
}

uint32_t rows_of(const MilvusColumn& column) {
  if (column.width > 0) return static_cast<uint32_t>(column.floats.size() / column.width);
  return static_cast<uint32_t>(std::max(column.numbers.size(), column.lists.size()));
}

milvus::FieldData data_of(const MilvusColumn& column) {
  milvus::FieldData data;
  data.set_field_name(column.name);
  if (column.width > 0) {
    data.set_type(kDataFloatVector);
    data.mutable_vectors()->set_dim(column.width);
    data.mutable_vectors()->mutable_float_vector()->mutable_data()->Assign(column.floats.begin(), column.floats.end());
  } else if (!column.lists.empty()) {
    data.set_type(kDataArray);
    milvus::ArrayArray* const lists = data.mutable_scalars()->mutable_array_data();
    lists->set_element_type(kDataInt64);
    for (const std::vector<int64_t>& list : column.lists) {
      lists->add_data()->mutable_long_data()->mutable_data()->Assign(list.begin(), list.end());
    }
  } else {
    data.set_type(kDataInt64);
    data.mutable_scalars()->mutable_long_data()->mutable_data()->Assign(column.numbers.begin(), column.numbers.end());
  }
  return data;
}

MilvusColumn column_of(const milvus::FieldData& data) {
  MilvusColumn column;
  column.name = data.field_name();
  if (data.has_vectors()) {
    column.width = static_cast<uint32_t>(data.vectors().dim());
    const auto& floats = data.vectors().float_vector().data();
    column.floats.assign(floats.begin(), floats.end());
    return column;
  }
  for (const milvus::ScalarField& list : data.scalars().array_data().data()) {
    column.lists.emplace_back(list.long_data().data().begin(), list.long_data().data().end());
  }
  const auto& numbers = data.scalars().long_data().data();
  column.numbers.assign(numbers.begin(), numbers.end());
  return column;
}

milvus::WriteRequest write_request(const std::string& collection, const std::string& partition,
                                   const std::vector<MilvusColumn>& columns) {
  milvus::WriteRequest request;
  request.set_collection_name(collection);
  request.set_partition_name(partition);
  request.set_num_rows(columns.empty() ? 0 : rows_of(columns.front()));
  for (const MilvusColumn& column : columns) *request.add_fields_data() = data_of(column);
  return request;
}

template <typename Request>
void set_consistency(Request& request, MilvusConsistency wanted, uint64_t written_until) {
  if (wanted == MilvusConsistency::kSession && written_until == kUnknownTimestamp) wanted = MilvusConsistency::kStrong;
  switch (wanted) {
    case MilvusConsistency::kBounded:
      request.set_consistency_level(kLevelBounded);
      request.set_guarantee_timestamp(kBoundedTimestamp);
      break;
    case MilvusConsistency::kSession:
      request.set_consistency_level(kLevelSession);
      request.set_guarantee_timestamp(written_until);
      break;
    case MilvusConsistency::kStrong:
      request.set_consistency_level(kLevelStrong);
      break;
  }
}

std::string placeholder_of(std::span<const float> vector) {
  milvus::PlaceholderGroup group;
  milvus::PlaceholderValue* const value = group.add_placeholders();
  value->set_tag("$0");
  value->set_type(kPlaceholderFloat);
  value->add_values(vector.data(), vector.size_bytes());
  return group.SerializeAsString();
}

std::string search_parameters(const MilvusSearch& search) {
  if (search.index == MilvusIndex::Kind::kHnsw) {
    return fmt::format(R"({{"ef":{}}})", std::max(search.ef, search.limit));
  }
  return search.index == MilvusIndex::Kind::kIvfFlat ? fmt::format(R"({{"nprobe":{}}})", search.nprobe) : "{}";
}

}  // namespace

Status Milvus::insert(const std::string& collection, const std::string& partition,
                      const std::vector<MilvusColumn>& columns) {
  milvus::MutationResult answer;
  RETURN_IF_ERROR(calls_->call("inserting into " + collection, &Stub::Insert,
                               write_request(collection, partition, columns), answer, Calls::Repeat::kRefused));
  calls_->note_written(answer.timestamp());
  return {};
}

Status Milvus::upsert(const std::string& collection, const std::string& partition,
                      const std::vector<MilvusColumn>& columns) {
  milvus::MutationResult answer;
  RETURN_IF_ERROR(calls_->call("upserting into " + collection, &Stub::Upsert,
                               write_request(collection, partition, columns), answer));
  calls_->note_written(answer.timestamp());
  return {};
}

Status Milvus::remove(const std::string& collection, const std::string& partition, const std::string& expression) {
  milvus::DeleteRequest request;
  request.set_collection_name(collection);
  request.set_partition_name(partition);
  request.set_expr(expression);
  milvus::MutationResult answer;
  RETURN_IF_ERROR(calls_->call("removing from " + collection, &Stub::Delete, request, answer));
  calls_->note_written(answer.timestamp());
  return {};
}

Status Milvus::remove(const std::string& collection, const std::string& key, std::span<const int64_t> ids) {
  for (size_t at = 0; at < ids.size(); at += kIdsOfCall) {
    const auto some = ids.subspan(at, std::min(kIdsOfCall, ids.size() - at));
    RETURN_IF_ERROR(remove(collection, "", fmt::format("{} in [{}]", key, fmt::join(some, ","))));
  }
  return {};
}

Result<std::vector<MilvusHit>> Milvus::search(const MilvusSearch& search) {
  milvus::SearchRequest request;
  request.set_collection_name(search.collection);
  for (const std::string& partition : search.partitions) request.add_partition_names(partition);
  request.set_dsl(search.expression);
  request.set_dsl_type(kBooleanExpression);
  request.set_placeholder_group(placeholder_of(search.vector));
  request.set_nq(1);
  set_consistency(request, search.consistency, calls_->written_until());
  const auto add = [&](const char* key, std::string value) {
    add_pair(request, key, std::move(value), &milvus::SearchRequest::mutable_search_params);
  };
  add("anns_field", search.field);
  add("topk", std::to_string(search.limit));
  add("metric_type", "IP");
  add("params", search_parameters(search));
  add("round_decimal", "-1");
  add("offset", "0");
  add("ignore_growing", "False");
  milvus::SearchResults answer;
  RETURN_IF_ERROR(calls_->call("searching " + search.collection, &Stub::Search, request, answer));
  const auto& ids = answer.results().ids().int_id().data();
  const auto& scores = answer.results().scores();
  if (ids.size() != scores.size()) {
    return Error{Code::kCorrupt,
                 fmt::format("Milvus at {}: {} ids with {} scores", address(), ids.size(), scores.size())};
  }
  std::vector<MilvusHit> hits;
  hits.reserve(static_cast<size_t>(ids.size()));
  for (int i = 0; i < ids.size(); ++i) hits.push_back({ids[i], scores[i]});
  return hits;
}

Result<std::vector<MilvusColumn>> Milvus::query(const MilvusQuery& query) {
  milvus::QueryRequest request;
  request.set_collection_name(query.collection);
  for (const std::string& partition : query.partitions) request.add_partition_names(partition);
  request.set_expr(query.expression);
  for (const std::string& field : query.fields) request.add_output_fields(field);
  set_consistency(request, query.consistency, calls_->written_until());
  const auto add = [&](const char* key, std::string value) {
    add_pair(request, key, std::move(value), &milvus::QueryRequest::mutable_query_params);
  };
  if (query.limit > 0) add("limit", std::to_string(query.limit));
  if (query.offset > 0) add("offset", std::to_string(query.offset));
  milvus::QueryResults answer;
  RETURN_IF_ERROR(calls_->call("reading " + query.collection, &Stub::Query, request, answer));
  std::vector<MilvusColumn> columns;
  for (const milvus::FieldData& data : answer.fields_data()) columns.push_back(column_of(data));
  return columns;
}

Result<uint64_t> Milvus::count(const std::string& collection, const std::string& expression,
                               MilvusConsistency consistency) {
  ASSIGN_OR_RETURN(
      const std::vector<MilvusColumn> columns,
      query({.collection = collection, .expression = expression, .fields = {"count(*)"}, .consistency = consistency}));
  if (columns.size() != 1 || columns.front().numbers.size() != 1) {
    return Error{Code::kCorrupt, fmt::format("Milvus at {}: no number came for count(*)", address())};
  }
  return static_cast<uint64_t>(columns.front().numbers.front());
}

}  // namespace custos::client
