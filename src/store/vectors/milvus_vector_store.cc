#include "store/vectors/milvus_vector_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "store/vectors/filter_tree.h"
#include "store/vectors/milvus_filter.h"

namespace custos::store {
namespace {

using client::MilvusColumn;
using client::MilvusType;

constexpr size_t kPointsOfCall = 2048;  // about 3 MB at a width of 384

client::MilvusIndex index_of(const VectorStoreOptions& options) {
  client::MilvusIndex index;
  index.kind = static_cast<client::MilvusIndex::Kind>(options.index);
  index.m = options.hnsw_m;
  index.ef_construction = options.hnsw_ef_construction;
  index.nlist = options.ivf_nlist;
  return index;
}

client::MilvusConsistency consistency_of(VectorConsistency consistency) {
  return static_cast<client::MilvusConsistency>(consistency);
}

std::string description_of(const std::string& model) { return "chunks of mail, embedded by " + model; }

Error differs(const std::string& name, const std::string& model) {
  return {Code::kConflict, fmt::format("{} is not what Custos makes for the model {}: give another collection name, or "
                                       "drop that one",
                                       name, model)};
}

}  // namespace

std::string partition_of(int64_t source) {
  if (source >= 0 && source < kOwnPartitions) return fmt::format("s{}", source);
  return fmt::format("h{}", static_cast<uint64_t>(source) % kSharedPartitions);
}

MilvusVectorStore::MilvusVectorStore(std::unique_ptr<client::Milvus> client, const VectorUrl& url,
                                     const VectorStoreOptions& options)
    : client_(std::move(client)),
      options_(options),
      base_(url.collection),
      collection_(collection_of(url.collection, options)),
      name_(fmt::format("Milvus {}, collection {}", url.address, collection_)) {}

Result<std::unique_ptr<VectorStore>> MilvusVectorStore::open(const VectorUrl& url, const VectorStoreOptions& options,
                                                             std::stop_token stop) {
  client::MilvusOptions how;
  how.address = url.address;
  how.tls = url.tls;
  how.ca_file = options.ca_file;
  how.user = options.user;
  how.password = options.password;
  how.call_seconds = options.call_seconds;
  how.ready_seconds = options.ready_seconds;
  ASSIGN_OR_RETURN(std::unique_ptr<client::Milvus> client, client::Milvus::connect(how, std::move(stop)));
  std::unique_ptr<MilvusVectorStore> store(new MilvusVectorStore(std::move(client), url, options));
  RETURN_IF_ERROR(store->prepare());
  return std::unique_ptr<VectorStore>(std::move(store));
}

Status MilvusVectorStore::prepare() {
  client::MilvusCollection wanted;
  wanted.name = collection_;
  wanted.description = description_of(options_.model);
  wanted.fields = {{kMilvusKey, MilvusType::kInt64, true},
                   {kMilvusMessage, MilvusType::kInt64},
                   {kMilvusSource, MilvusType::kInt64},
                   {kMilvusDate, MilvusType::kInt64},
                   {kMilvusFrom, MilvusType::kInt64List, false, kPointPeopleMax},
                   {kMilvusTo, MilvusType::kInt64List, false, kPointPeopleMax},
                   {kMilvusVector, MilvusType::kFloatVector, false, options_.width}};
  ASSIGN_OR_RETURN(const bool is_there, client_->has_collection(collection_));
  const Status made = is_there ? Status() : client_->create_collection(wanted);
  if (!made.ok() && made.error().code == Code::kConflict) return differs(name_, options_.model);
  RETURN_IF_ERROR(made);
  ASSIGN_OR_RETURN(const client::MilvusCollection found, client_->describe_collection(collection_));
  const bool is_same = found.description == wanted.description && found.fields.size() == wanted.fields.size() &&
                       found.fields.back().size_max == options_.width;
  if (!is_same) return differs(name_, options_.model);
  RETURN_IF_ERROR(client_->create_index(collection_, kMilvusVector, index_of(options_)));
  return client_->load(collection_);
}

Status MilvusVectorStore::need_partition(const std::string& name) {
  const std::scoped_lock lock(mutex_);
  if (partitions_.contains(name)) return {};
  RETURN_IF_ERROR(client_->create_partition(collection_, name));
  partitions_.insert(name);
  return {};
}

Status MilvusVectorStore::upsert_batch(const std::string& partition, std::span<const Point* const> points) {
  std::vector<MilvusColumn> columns(7);
  const char* const names[] = {kMilvusKey,  kMilvusMessage, kMilvusSource, kMilvusDate,
                               kMilvusFrom, kMilvusTo,      kMilvusVector};
  for (size_t i = 0; i < columns.size(); ++i) columns[i].name = names[i];
  columns[6].width = options_.width;
  for (const Point* const point : points) {
    columns[0].numbers.push_back(static_cast<int64_t>(point->id));
    columns[1].numbers.push_back(static_cast<int64_t>(message_of(point->id)));
    columns[2].numbers.push_back(point->source);
    columns[3].numbers.push_back(point->date);
    columns[4].lists.push_back(point->from);
    columns[5].lists.push_back(point->to);
    columns[6].floats.insert(columns[6].floats.end(), point->vector.begin(), point->vector.end());
  }
  return client_->upsert(collection_, partition, columns);
}

Status MilvusVectorStore::upsert(std::span<const Point> points) {
  RETURN_IF_ERROR(check_points(points, options_.width, name_));
  std::map<std::string, std::vector<const Point*>> by_partition;
  for (const Point& point : points) by_partition[partition_of(point.source)].push_back(&point);
  for (const auto& [partition, all] : by_partition) {
    RETURN_IF_ERROR(need_partition(partition));
    const std::span<const Point* const> span = all;
    for (size_t at = 0; at < span.size(); at += kPointsOfCall) {
      RETURN_IF_ERROR(upsert_batch(partition, span.subspan(at, std::min(kPointsOfCall, span.size() - at))));
    }
  }
  return {};
}

Status MilvusVectorStore::remove(std::span<const PointId> ids) {
  std::vector<int64_t> numbers;
  numbers.reserve(ids.size());
  for (const PointId id : ids) numbers.push_back(static_cast<int64_t>(id));
  return client_->remove(collection_, kMilvusKey, numbers);
}

Result<std::optional<std::vector<std::string>>> MilvusVectorStore::partitions_of(const VectorFilter& filter) {
  const std::optional<std::vector<int64_t>> sources = sources_of(filter);
  if (!sources) return std::optional<std::vector<std::string>>();
  std::set<std::string> wanted;
  for (const int64_t source : *sources) wanted.insert(partition_of(source));
  const std::scoped_lock lock(mutex_);
  if (!std::ranges::includes(partitions_, wanted)) {
    ASSIGN_OR_RETURN(const std::vector<std::string> there, client_->partitions(collection_));
    partitions_ = {there.begin(), there.end()};
  }
  std::vector<std::string> known;
  std::ranges::set_intersection(wanted, partitions_, std::back_inserter(known));
  return std::optional(std::move(known));
}

Result<std::vector<VectorMatch>> MilvusVectorStore::search(std::span<const float> query, uint32_t limit,
                                                           const VectorFilter& filter) {
  RETURN_IF_ERROR(check_width(query, options_.width, name_));
  RETURN_IF_ERROR(check_limit(limit, kVectorMatchesMax));
  RETURN_IF_ERROR(check_filter(filter));
  const VectorFilter simple = simplified(filter);
  std::vector<VectorMatch> found;
  if (simple.kind == VectorFilter::Kind::kNone) return found;
  ASSIGN_OR_RETURN(std::optional<std::vector<std::string>> partitions, partitions_of(simple));
  if (partitions && partitions->empty()) return found;
  client::MilvusSearch search;
  search.collection = collection_;
  search.field = kMilvusVector;
  if (partitions) search.partitions = *std::move(partitions);
  search.expression = milvus_expression(simple);
  search.vector = query;
  search.limit = limit;
  search.ef = options_.hnsw_ef;
  search.nprobe = options_.ivf_nprobe;
  search.index = index_of(options_).kind;
  search.consistency = consistency_of(options_.consistency);
  ASSIGN_OR_RETURN(const std::vector<client::MilvusHit> hits, client_->search(search));
  for (const client::MilvusHit& hit : hits) found.push_back({PointId{hit.id}, hit.score});
  std::ranges::sort(found, {}, [](const VectorMatch& match) { return std::pair(-match.score, match.id); });
  return found;
}

Result<uint64_t> MilvusVectorStore::count() {
  return client_->count(collection_, "", client::MilvusConsistency::kStrong);
}

Result<std::vector<PointId>> MilvusVectorStore::ids(PointId begin, uint32_t limit) {
  RETURN_IF_ERROR(check_limit(limit, kPointPageMax));
  client::MilvusQuery query;
  query.collection = collection_;
  query.expression = fmt::format("{} >= {}", kMilvusKey, std::max(static_cast<int64_t>(begin), INT64_MIN + 1));
  query.fields = {kMilvusKey};
  query.limit = limit;
  query.consistency = client::MilvusConsistency::kStrong;
  ASSIGN_OR_RETURN(const std::vector<MilvusColumn> columns, client_->query(query));
  std::vector<PointId> page;
  for (const MilvusColumn& column : columns) {
    if (column.name != kMilvusKey) continue;
    for (const int64_t id : column.numbers) page.push_back(PointId{id});
  }
  std::ranges::sort(page);
  return page;
}

Result<uint32_t> MilvusVectorStore::drop_other_models() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, client_->collections());
  uint32_t dropped = 0;
  for (const std::string& one : names) {
    if (one == collection_ || !is_collection_of(base_, one)) continue;
    RETURN_IF_ERROR(client_->drop_collection(one));
    ++dropped;
  }
  return dropped;
}

}  // namespace custos::store
