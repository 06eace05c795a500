// Here is a vector, gimme the nearest chunks: in memory, in Milvus or in Qdrant (docs/vector-stores.md). What a store
// has can be made anew from the archive at any time; it holds numbers alone, no texts, names, addresses or ids of mail.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "document/record.h"
#include "store/archive.h"
#include "store/vector_filter.h"

namespace custos::store {

// A chunk of a message: key × 65,536 + ordinal of the chunk in the message.
enum class PointId : int64_t {};
inline constexpr uint32_t kPointsOfMessageMax = 65536;

// kLimit where the ordinal is kPointsOfMessageMax or more; kInvalidArgument for keys that are not 0 to 2^47 − 1.
[[nodiscard]] Result<PointId> point_id(MessageKey key, uint64_t ordinal);
[[nodiscard]] constexpr MessageKey message_of(PointId id) { return MessageKey{static_cast<int64_t>(id) >> 16}; }
[[nodiscard]] constexpr uint32_t ordinal_of(PointId id) { return static_cast<uint32_t>(id) & 0xffff; }

inline constexpr int64_t kNoDate = INT64_MIN;
inline constexpr size_t kPointPeopleMax = 1024;
// Stands alone in the list of a message with more than kPointPeopleMax people. Nobody has this number.
inline constexpr int64_t kManyPeople = -1;

struct Point {
  PointId id{};
  std::vector<float> vector;      // of length 1
  int64_t source = 0;             // never another one for the same id
  int64_t date = kNoDate;         // Unix seconds, within ±2^53
  std::vector<int64_t> from, to;  // numbers of persons, ascending; `to`: To, Cc and Bcc
};

struct VectorMatch {
  PointId id{};
  float score = 0;  // cosine

  bool operator==(const VectorMatch&) const = default;
};

inline constexpr uint32_t kVectorMatchesMax = 16384;  // of one search
inline constexpr uint32_t kPointPageMax = 16384;      // of one page of ids

// For many threads at once. Errors: kIo where the server failed, kInvalidArgument for vectors of another width, kLimit
// past the maxima above and those of VectorFilter.
class VectorStore {
 public:
  virtual ~VectorStore() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;  // "Milvus host:port, collection c": for people
  [[nodiscard]] virtual uint32_t width() const = 0;

  // Those that are there are replaced.
  [[nodiscard]] virtual Status upsert(std::span<const Point> points) = 0;
  // No fault where they are not there.
  [[nodiscard]] virtual Status remove(std::span<const PointId> ids) = 0;
  // At most `limit`, best first, equal scores by ascending id. Sees what this store object wrote; what others wrote
  // according to its consistency.
  [[nodiscard]] virtual Result<std::vector<VectorMatch>> search(std::span<const float> query, uint32_t limit,
                                                                const VectorFilter& filter) = 0;
  // All that was written by anyone.
  [[nodiscard]] virtual Result<uint64_t> count() = 0;
  // The `limit` smallest ids that are at least `begin`, ascending; fewer only where there are no more.
  [[nodiscard]] virtual Result<std::vector<PointId>> ids(PointId begin, uint32_t limit) = 0;
  // Returns when what was written is durable in the server.
  [[nodiscard]] virtual Status flush() = 0;

  // This model's points. Nothing may be asked afterwards.
  [[nodiscard]] virtual Status drop() = 0;
  // Points of other models under the same collection name; gives how many collections went.
  [[nodiscard]] virtual Result<uint32_t> drop_other_models() = 0;
  // From now on the plain collection name is an alias of this model's: for other programs. Custos asks by model.
  [[nodiscard]] virtual Status set_alias() = 0;
};

enum class VectorIndexKind : uint8_t { kHnsw, kIvfFlat, kFlat };  // Qdrant has HNSW alone
enum class VectorConsistency : uint8_t { kBounded, kSession, kStrong };

struct VectorStoreOptions {
  uint32_t width = 384;
  std::string model;  // version of the encoder; each has a collection of its own
  VectorIndexKind index = VectorIndexKind::kHnsw;
  uint32_t hnsw_m = 16;
  uint32_t hnsw_ef_construction = 200;
  uint32_t hnsw_ef = 128;  // raised to the number of matches asked for
  uint32_t ivf_nlist = 1024;
  uint32_t ivf_nprobe = 32;
  VectorConsistency consistency = VectorConsistency::kSession;
  uint32_t call_seconds = 30;
  uint32_t ready_seconds = 120;
  std::string user, password;     // Milvus; user "": none
  std::string api_key;            // Qdrant; "": none
  std::filesystem::path ca_file;  // instead of the system's
};

// "milvus://host:port/collection", "qdrant://host:port/collection", both also with "s" for TLS ("milvuss:"), or
// "memory:", which forgets all when it goes. Makes what is missing and waits until it can be searched. kInvalidArgument
// says what is wrong with the URL; kConflict where the collection is of another width or model.
[[nodiscard]] Result<std::unique_ptr<VectorStore>> open_vector_store(std::string_view url,
                                                                     const VectorStoreOptions& options,
                                                                     std::stop_token stop = {});

// Of a message: all but id and vector. `date`: Unix seconds, or kNoDate.
[[nodiscard]] Point point_of(const MessageNumbers& numbers, int64_t date);
// The chunks of a message as points, the first kPointsOfMessageMax of them: record.chunks says whether there are more.
// REQUIRES: record.vectors is empty (no points) or has one of `width` floats for each chunk.
[[nodiscard]] Result<std::vector<Point>> points_of(const document::Record& record, MessageKey key,
                                                   const MessageNumbers& numbers, uint32_t width);

// Removes what a run that died left: points of messages past the last one published, whose keys will be given again.
// REQUIRES: the archive is not shared, and open for writing without a publication.
[[nodiscard]] Status remove_unpublished(const Archive& archive, VectorStore& store);

struct ReconcileOptions {
  bool compare_only = false;  // changes nothing: `added` and `removed` are what would be
  bool all = false;           // upserts also what is there: after chunks were made anew under the same model
  std::stop_token stop;
};

struct ReconcileCounts {
  uint64_t expected = 0;  // points that the archive's segments have vectors for
  uint64_t added = 0;     // were missing, or all of them
  uint64_t removed = 0;   // no chunk of the archive has them
  uint64_t pending = 0;   // no chunk has them yet: of publications that are open
  uint64_t left_out = 0;  // chunks past kPointsOfMessageMax of their message
};

// Makes the store hold what the archive's segments hold, by ids. Memory: 24 bytes a message and a page of ids. Others
// may search and publish meanwhile where the archive is shared; else REQUIRES that nobody publishes. kInvalidArgument
// where widths differ; kCancelled.
[[nodiscard]] Result<ReconcileCounts> reconcile(const Archive& archive, VectorStore& store,
                                                const ReconcileOptions& options);

}  // namespace custos::store
