#include "store/vector_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/vectors/memory_vector_store.h"
#include "store/vectors/milvus_vector_store.h"
#include "store/vectors/qdrant_vector_store.h"
#include "store/vectors/vector_url.h"

namespace custos::store {
namespace {

constexpr int64_t kKeysMax = int64_t{1} << 47;

std::vector<int64_t> people_of(const std::vector<uint64_t>& numbers) {
  if (numbers.size() > kPointPeopleMax) return {kManyPeople};
  return {numbers.begin(), numbers.end()};
}

}  // namespace

Result<PointId> point_id(MessageKey key, uint64_t ordinal) {
  const auto number = static_cast<int64_t>(key);
  if (number < 0 || number >= kKeysMax) {
    return Error{Code::kInvalidArgument, fmt::format("message key {} cannot be part of a point's id", number)};
  }
  if (ordinal >= kPointsOfMessageMax) {
    return Error{Code::kLimit, fmt::format("a message has more than {} chunks", kPointsOfMessageMax)};
  }
  return PointId{number << 16 | static_cast<int64_t>(ordinal)};
}

Point point_of(const MessageNumbers& numbers, int64_t date) {
  Point point;
  point.source = static_cast<int64_t>(numbers.source);
  point.date = date;
  point.from = people_of(numbers.from);
  point.to = people_of(numbers.to);
  return point;
}

Result<std::vector<Point>> points_of(const document::Record& record, MessageKey key, const MessageNumbers& numbers,
                                     uint32_t width) {
  std::vector<Point> points;
  if (record.vectors.empty()) return points;
  if (record.vectors.size() != record.chunks.size() * width) {
    return Error{Code::kInvalidArgument, fmt::format("{} numbers do not make {} vectors of {}", record.vectors.size(),
                                                     record.chunks.size(), width)};
  }
  const Point facts = point_of(numbers, record.date ? record.date->utc_seconds : kNoDate);
  const size_t count = std::min<size_t>(record.chunks.size(), kPointsOfMessageMax);
  for (size_t ordinal = 0; ordinal < count; ++ordinal) {
    Point point = facts;
    ASSIGN_OR_RETURN(point.id, point_id(key, ordinal));
    const auto begin = record.vectors.begin() + static_cast<std::ptrdiff_t>(ordinal * width);
    point.vector.assign(begin, begin + width);
    points.push_back(std::move(point));
  }
  return points;
}

Result<std::unique_ptr<VectorStore>> open_vector_store(std::string_view url, const VectorStoreOptions& options,
                                                       std::stop_token stop) {
  ASSIGN_OR_RETURN(const VectorUrl where, read_vector_url(url));
  if (!options.ca_file.empty() && !where.tls && where.kind != VectorUrl::Kind::kMemory) {
    return Error{Code::kInvalidArgument,
                 "vectors.ca_file is for TLS: the vector store's URL is to begin with milvuss: or qdrants:"};
  }
  switch (where.kind) {
    case VectorUrl::Kind::kMemory:
      return {std::make_unique<MemoryVectorStore>(options.width)};
    case VectorUrl::Kind::kMilvus:
      return MilvusVectorStore::open(where, options, std::move(stop));
    case VectorUrl::Kind::kQdrant:
      return QdrantVectorStore::open(where, options, std::move(stop));
  }
  return Error{Code::kInvalidArgument, "a vector store of no known kind"};
}

}  // namespace custos::store
