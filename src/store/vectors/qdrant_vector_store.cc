#include "store/vectors/qdrant_vector_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "store/vectors/filter_tree.h"
#include "store/vectors/qdrant_filter.h"

namespace custos::store {
namespace {

constexpr size_t kPointsOfCall = 1024;  // about 4 MB of JSON at a width of 384
constexpr size_t kIdsOfCall = 16384;

void write_numbers(const char* key, const std::vector<int64_t>& numbers, JsonWriter& json) {
  json.key(key).begin_array();
  for (const int64_t number : numbers) json.value(number);
  json.end_array();
}

std::string payload_of(const Point& point) {
  JsonWriter json;
  json.begin_object().key(kQdrantMessage).value(static_cast<int64_t>(message_of(point.id)));
  json.key(kQdrantSource).value(std::to_string(point.source));
  if (point.date != kNoDate) json.key(kQdrantDate).value(point.date);
  write_numbers(kQdrantFrom, point.from, json);
  write_numbers(kQdrantTo, point.to, json);
  json.end_object();
  return json.take();
}

}  // namespace

QdrantVectorStore::QdrantVectorStore(std::unique_ptr<client::Qdrant> client, const VectorUrl& url,
                                     const VectorStoreOptions& options)
    : client_(std::move(client)),
      options_(options),
      base_(url.collection),
      collection_(collection_of(url.collection, options)),
      name_(fmt::format("Qdrant {}, collection {}", url.address, collection_)) {}

Result<std::unique_ptr<VectorStore>> QdrantVectorStore::open(const VectorUrl& url, const VectorStoreOptions& options,
                                                             std::stop_token stop) {
  if (options.index == VectorIndexKind::kIvfFlat) {
    return Error{Code::kUnsupported, "Qdrant has no IVF index: choose hnsw, or flat for exact search"};
  }
  client::QdrantOptions how;
  how.url = fmt::format("{}://{}", url.tls ? "https" : "http", url.address);
  how.api_key = options.api_key;
  how.ca_file = options.ca_file;
  how.idle_seconds = options.call_seconds;
  how.ready_seconds = options.ready_seconds;
  ASSIGN_OR_RETURN(std::unique_ptr<client::Qdrant> client, client::Qdrant::connect(how, std::move(stop)));
  std::unique_ptr<QdrantVectorStore> store(new QdrantVectorStore(std::move(client), url, options));
  RETURN_IF_ERROR(store->prepare());
  return std::unique_ptr<VectorStore>(std::move(store));
}

Status QdrantVectorStore::prepare() {
  ASSIGN_OR_RETURN(const std::optional<uint32_t> width, client_->width_of(collection_));
  if (width == options_.width) return {};
  RETURN_IF_ERROR(
      client_->create_collection({collection_, options_.width, options_.hnsw_m, options_.hnsw_ef_construction}));
  RETURN_IF_ERROR(client_->create_field_index(collection_, kQdrantSource, R"({"type":"keyword","is_tenant":true})"));
  for (const char* field : {kQdrantMessage, kQdrantDate, kQdrantFrom, kQdrantTo}) {
    RETURN_IF_ERROR(client_->create_field_index(collection_, field, R"({"type":"integer"})"));
  }
  return {};
}

Status QdrantVectorStore::upsert(std::span<const Point> points) {
  RETURN_IF_ERROR(check_points(points, options_.width, name_));
  for (size_t at = 0; at < points.size(); at += kPointsOfCall) {
    std::vector<client::QdrantPoint> some;
    for (const Point& point : points.subspan(at, std::min(kPointsOfCall, points.size() - at))) {
      some.push_back({static_cast<uint64_t>(point.id), point.vector, payload_of(point)});
    }
    RETURN_IF_ERROR(client_->upsert(collection_, some));
  }
  return {};
}

Status QdrantVectorStore::remove(std::span<const PointId> ids) {
  for (size_t at = 0; at < ids.size(); at += kIdsOfCall) {
    std::vector<uint64_t> some;
    for (const PointId id : ids.subspan(at, std::min(kIdsOfCall, ids.size() - at))) {
      some.push_back(static_cast<uint64_t>(id));
    }
    RETURN_IF_ERROR(client_->remove(collection_, some));
  }
  return {};
}

Result<std::vector<VectorMatch>> QdrantVectorStore::search(std::span<const float> query, uint32_t limit,
                                                           const VectorFilter& filter) {
  RETURN_IF_ERROR(check_width(query, options_.width, name_));
  RETURN_IF_ERROR(check_limit(limit, kVectorMatchesMax));
  RETURN_IF_ERROR(check_filter(filter));
  const VectorFilter simple = simplified(filter);
  std::vector<VectorMatch> found;
  if (simple.kind == VectorFilter::Kind::kNone) return found;
  client::QdrantSearch search;
  search.collection = collection_;
  search.vector = query;
  search.limit = limit;
  search.filter = qdrant_filter(simple);
  search.hnsw_ef = options_.hnsw_ef;
  search.is_exact = options_.index == VectorIndexKind::kFlat;
  search.strong = options_.consistency == VectorConsistency::kStrong;
  ASSIGN_OR_RETURN(const std::vector<client::QdrantHit> hits, client_->search(search));
  for (const client::QdrantHit& hit : hits) found.push_back({PointId{static_cast<int64_t>(hit.id)}, hit.score});
  std::ranges::sort(found, {}, [](const VectorMatch& match) { return std::pair(-match.score, match.id); });
  return found;
}

Result<std::vector<PointId>> QdrantVectorStore::ids(PointId begin, uint32_t limit) {
  RETURN_IF_ERROR(check_limit(limit, kPointPageMax));
  const auto first = static_cast<uint64_t>(std::max<int64_t>(static_cast<int64_t>(begin), 0));
  ASSIGN_OR_RETURN(const std::vector<uint64_t> numbers, client_->scroll(collection_, first, limit));
  std::vector<PointId> page;
  for (const uint64_t id : numbers) page.push_back(PointId{static_cast<int64_t>(id)});
  return page;
}

Result<uint32_t> QdrantVectorStore::drop_other_models() {
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
