// Qdrant over its REST API (api.qdrant.tech, 1.9 and later).
//
// Every call may be repeated and is, where the server is away or busy: attempts_max times in all, with growing random
// waits between them. Errors name the server and the operation, never the key or what was stored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_reader.h"
#include "base/result.h"
#include "client/http.h"

namespace custos::client {

struct QdrantOptions {
  std::string url;                // "http://host:port" or "https://host:port"
  std::string api_key;            // "": none is sent
  std::filesystem::path ca_file;  // instead of the system's certification authorities
  uint32_t idle_seconds = 30;
  uint32_t ready_seconds = 120;
  uint32_t attempts_max = 6;
};

// Vectors of length 1 compared by inner product, and an HNSW index.
struct QdrantCollection {
  std::string name;
  uint32_t width = 0;
  uint32_t hnsw_m = 16;
  uint32_t hnsw_ef_construction = 200;
};

struct QdrantPoint {
  uint64_t id = 0;
  std::span<const float> vector;
  std::string payload;  // a JSON object
};

struct QdrantHit {
  uint64_t id = 0;
  float score = 0;
};

struct QdrantSearch {
  std::string collection;
  std::span<const float> vector;
  uint32_t limit = 10;
  std::string filter;     // a JSON object; "": none
  uint32_t hnsw_ef = 64;  // raised to `limit`
  bool is_exact = false;  // without the index
  bool strong = false;    // asks a majority of the replicas
};

// For many threads at once. Names of collections and fields may have letters, digits, _ and - alone.
class Qdrant {
 public:
  // Waits until the server says that it is ready. kIo past ready_seconds; kCancelled.
  [[nodiscard]] static Result<std::unique_ptr<Qdrant>> connect(const QdrantOptions& options, std::stop_token stop = {});

  // kConflict where there is one of another width.
  [[nodiscard]] Status create_collection(const QdrantCollection& collection);
  [[nodiscard]] Status drop_collection(const std::string& name);  // no fault where there is none
  [[nodiscard]] Result<std::vector<std::string>> collections();
  // Its vectors' width; nothing where there is no such collection.
  [[nodiscard]] Result<std::optional<uint32_t>> width_of(const std::string& name);
  // `schema`: a JSON value, as {"type":"integer"}.
  [[nodiscard]] Status create_field_index(const std::string& collection, const std::string& field,
                                          std::string_view schema);
  // In one step, also where the alias pointed elsewhere.
  [[nodiscard]] Status set_alias(const std::string& alias, const std::string& collection);

  // Returns when they can be searched.
  [[nodiscard]] Status upsert(const std::string& collection, std::span<const QdrantPoint> points);
  [[nodiscard]] Status remove(const std::string& collection, std::span<const uint64_t> ids);
  // Best first.
  [[nodiscard]] Result<std::vector<QdrantHit>> search(const QdrantSearch& search);
  [[nodiscard]] Result<uint64_t> count(const std::string& collection);
  // At most `limit` ids that are at least `begin`, ascending.
  [[nodiscard]] Result<std::vector<uint64_t>> scroll(const std::string& collection, uint64_t begin, uint32_t limit);

 private:
  Qdrant(const QdrantOptions& options, std::stop_token stop);
  // The answer's "result" goes to `take`; the caller's own errors are handed on. kNotFound for 404.
  [[nodiscard]] Status call(std::string_view what, const char* method, const std::string& path, std::string_view body,
                            const std::function<Status(JsonValue)>& take);
  [[nodiscard]] Result<HttpAnswer> send(const char* method, const std::string& path, std::string_view body);
  [[nodiscard]] Error error(std::string_view what, const HttpAnswer& answer) const;
  [[nodiscard]] Status wait_before(uint32_t attempt);
  [[nodiscard]] Error misread(std::string_view what) const;

  const QdrantOptions options_;
  const std::stop_token stop_;
  const Http http_;
  std::mutex random_mutex_;
  std::minstd_rand random_;
};

}  // namespace custos::client
