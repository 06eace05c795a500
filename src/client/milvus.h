// Milvus 2.3 over gRPC: collections of vectors with numbers beside them.
//
// Every call has a deadline. Calls that may be repeated are, where the server is away or busy: attempts_max times in
// all, with growing random waits between them. Errors name the server and the operation, never a password or what was
// stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace custos::client {

struct MilvusOptions {
  std::string address;   // "host:port"
  std::string database;  // "": the server's default
  bool tls = false;
  std::filesystem::path ca_file;  // instead of the system's certification authorities
  std::string user, password;     // user "": none is sent
  uint32_t call_seconds = 30;     // of one attempt
  uint32_t ready_seconds = 120;   // until the server answers, a collection is loaded or a flush is through
  uint32_t attempts_max = 6;
};

enum class MilvusType : uint8_t { kInt64, kInt64List, kFloatVector };

struct MilvusField {
  std::string name;
  MilvusType type = MilvusType::kInt64;
  bool is_key = false;
  uint32_t size_max = 0;  // kInt64List: elements, at most 4096; kFloatVector: its width
};

struct MilvusCollection {
  std::string name;
  std::string description;
  std::vector<MilvusField> fields;
  uint32_t shards = 1;
};

// Metric: inner product.
struct MilvusIndex {
  enum class Kind : uint8_t { kHnsw, kIvfFlat, kFlat };
  Kind kind = Kind::kHnsw;
  uint32_t m = 16;                 // HNSW: links of a node, 4 to 64
  uint32_t ef_construction = 200;  // HNSW: 8 to 512
  uint32_t nlist = 1024;           // IVF: 1 to 65536
};

// Values of one field, one for each row; which member is filled follows from the field's type.
struct MilvusColumn {
  std::string name;
  std::vector<int64_t> numbers;
  std::vector<std::vector<int64_t>> lists;
  std::vector<float> floats;  // one row after the other
  uint32_t width = 0;         // of `floats`
};

// How new what a search sees has to be.
enum class MilvusConsistency : uint8_t {
  kBounded,  // a few seconds old at most
  kSession,  // all that this client wrote
  kStrong,   // all that was written
};

struct MilvusSearch {
  std::string collection, field;
  std::vector<std::string> partitions;  // empty: all
  std::string expression;               // of Milvus' language; "": every row
  std::span<const float> vector;
  uint32_t limit = 10;   // at most kMilvusLimitMax
  uint32_t ef = 64;      // HNSW; raised to `limit`, which the server asks for
  uint32_t nprobe = 16;  // IVF
  MilvusIndex::Kind index = MilvusIndex::Kind::kHnsw;
  MilvusConsistency consistency = MilvusConsistency::kSession;
};
inline constexpr uint32_t kMilvusLimitMax = 16384;

struct MilvusHit {
  int64_t id = 0;
  float score = 0;
};

struct MilvusQuery {
  std::string collection;
  std::vector<std::string> partitions;
  std::string expression;           // may not be empty, unless only "count(*)" is asked for
  std::vector<std::string> fields;  // or "count(*)" alone
  uint32_t limit = 0;               // 0: none; offset + limit at most kMilvusLimitMax
  uint32_t offset = 0;
  MilvusConsistency consistency = MilvusConsistency::kSession;
};

// For many threads at once.
class Milvus {
 public:
  // Waits until the server is ready to work, which it is some time after its port is open. kIo past ready_seconds;
  // kCancelled when `stop` asks for it.
  [[nodiscard]] static Result<std::unique_ptr<Milvus>> connect(const MilvusOptions& options, std::stop_token stop = {});
  ~Milvus();
  Milvus(const Milvus&) = delete;
  Milvus& operator=(const Milvus&) = delete;

  [[nodiscard]] Result<std::string> version();
  [[nodiscard]] Result<bool> is_healthy();

  // kConflict where there is one of that name with other fields.
  [[nodiscard]] Status create_collection(const MilvusCollection& collection);
  [[nodiscard]] Status drop_collection(const std::string& name);  // no fault where there is none
  [[nodiscard]] Result<bool> has_collection(const std::string& name);
  // Fields, description; kNotFound.
  [[nodiscard]] Result<MilvusCollection> describe_collection(const std::string& name);
  [[nodiscard]] Result<std::vector<std::string>> collections();
  // Rows that were flushed; deleted ones count until they are compacted away.
  [[nodiscard]] Result<uint64_t> flushed_rows(const std::string& name);
  // Moves the alias where it points elsewhere.
  [[nodiscard]] Status set_alias(const std::string& alias, const std::string& collection);
  [[nodiscard]] Status drop_alias(const std::string& alias);

  [[nodiscard]] Status create_partition(const std::string& collection, const std::string& name);
  [[nodiscard]] Status drop_partition(const std::string& collection, const std::string& name);
  [[nodiscard]] Result<std::vector<std::string>> partitions(const std::string& collection);

  [[nodiscard]] Status create_index(const std::string& collection, const std::string& field, const MilvusIndex& index);
  // Rows in finished indexes, of those that were flushed. Segments of fewer than 1,024 rows count, and are searched
  // without one.
  [[nodiscard]] Result<uint64_t> indexed_rows(const std::string& collection, const std::string& field);
  // Until it can be searched.
  [[nodiscard]] Status load(const std::string& collection);
  [[nodiscard]] Status release(const std::string& collection);

  // "" as partition: the default one. insert() is not repeated where it is unknown whether it took place.
  [[nodiscard]] Status insert(const std::string& collection, const std::string& partition,
                              const std::vector<MilvusColumn>& columns);
  [[nodiscard]] Status upsert(const std::string& collection, const std::string& partition,
                              const std::vector<MilvusColumn>& columns);
  [[nodiscard]] Status remove(const std::string& collection, const std::string& partition,
                              const std::string& expression);
  // `key`: the primary key's field.
  [[nodiscard]] Status remove(const std::string& collection, const std::string& key, std::span<const int64_t> ids);
  // Until what was written is in the server's storage.
  [[nodiscard]] Status flush(const std::string& collection);

  // Best first.
  [[nodiscard]] Result<std::vector<MilvusHit>> search(const MilvusSearch& search);
  [[nodiscard]] Result<std::vector<MilvusColumn>> query(const MilvusQuery& query);
  // Rows that match; "": all.
  [[nodiscard]] Result<uint64_t> count(const std::string& collection, const std::string& expression,
                                       MilvusConsistency consistency);

  [[nodiscard]] const std::string& address() const;

 private:
  class Calls;
  explicit Milvus(std::unique_ptr<Calls> calls);

  std::unique_ptr<Calls> calls_;
};

}  // namespace custos::client
