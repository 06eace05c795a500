#include "store/embedding_cache.h"

#include <fmt/format.h>

#include <bit>
#include <cassert>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

#include "store/catalog/sqlite.h"

namespace custos::store {
namespace {

static_assert(std::endian::native == std::endian::little, "vectors are stored as they lie in memory");

constexpr char kCacheFolder[] = "cache";
constexpr char kCacheFile[] = "embeddings.sqlite";
constexpr int64_t kApplicationId = 0x43434143;  // "CCAC"
constexpr int64_t kVersion = 1;
constexpr size_t kKeyBytes = 16;  // of the digest: two texts in 2^64 share them
constexpr uint64_t kBatch = 4096;
constexpr uint32_t kWidthMax = 4096;

// Vectors are appended, and only the small index is written at random places: with the vectors themselves in the order
// of their digests each would dirty a page of its own. Five vectors of width 384 fit a page.
constexpr char kSettings[] =
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8192;"
    "PRAGMA mmap_size = 0; PRAGMA wal_autocheckpoint = 2000; PRAGMA journal_size_limit = 33554432;"
    "PRAGMA temp_store = MEMORY;";
constexpr char kTables[] = R"sql(
CREATE TABLE IF NOT EXISTS model(id INTEGER PRIMARY KEY, name TEXT NOT NULL, width INTEGER NOT NULL,
  UNIQUE(name, width));
CREATE TABLE IF NOT EXISTS vector(id INTEGER PRIMARY KEY, sum INTEGER NOT NULL, vector BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS text(model INTEGER NOT NULL, digest BLOB NOT NULL, vector INTEGER NOT NULL,
  PRIMARY KEY(model, digest)) WITHOUT ROWID;
)sql";
constexpr char kFind[] =
    "SELECT v.vector, v.sum FROM text t JOIN vector v ON v.id = t.vector WHERE t.model = ? AND t.digest = ?";

std::string_view bytes_of(std::span<const float> vector) {
  return {reinterpret_cast<const char*>(vector.data()), vector.size_bytes()};
}

class SqliteEmbeddingCache final : public EmbeddingCache {
 public:
  SqliteEmbeddingCache(Sqlite database, uint32_t width) : database_(std::move(database)), width_(width) {}
  ~SqliteEmbeddingCache() override { static_cast<void>(flush().ok()); }  // lost: embedded again

  Status prepare(const std::string& model);
  Result<bool> find(const Digest& text, std::span<float> vector) override;
  Status add(const Digest& text, std::span<const float> vector) override;
  Status flush() override;

 private:
  Status commit();
  // A damaged vector has another one and is made anew.
  [[nodiscard]] static uint64_t sum_of(std::string_view bytes, const Digest& text) {
    return hash64(bytes, hash64(text.view()));
  }

  std::mutex mutex_;  // of all that follows
  Sqlite database_;
  const uint32_t width_;
  int64_t model_ = 0;
  uint64_t pending_ = 0;  // added in the open transaction; 0: none is open
};

Status SqliteEmbeddingCache::prepare(const std::string& model) {
  RETURN_IF_ERROR(database_.execute(kSettings));
  ASSIGN_OR_RETURN(const int64_t application, database_.integer("PRAGMA application_id"));
  ASSIGN_OR_RETURN(const int64_t version, database_.integer("PRAGMA user_version"));
  if ((application != 0 && application != kApplicationId) || version > kVersion) {
    return Error{Code::kUnsupported, "not a cache that this build reads"};
  }
  RETURN_IF_ERROR(database_.execute(kTables));
  const std::string ids =
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {};", kApplicationId, kVersion);
  if (application == 0) RETURN_IF_ERROR(database_.execute(ids.c_str()));
  RETURN_IF_ERROR(database_.query("INSERT OR IGNORE INTO model(name, width) VALUES(?, ?)").bind(model, width_).run());
  Query query = database_.query("SELECT id FROM model WHERE name = ? AND width = ?");
  RETURN_IF_ERROR(query.bind(model, width_).next());
  model_ = query.integer(0);
  return {};
}

Result<bool> SqliteEmbeddingCache::find(const Digest& text, std::span<float> vector) {
  assert(vector.size() == width_);
  const std::scoped_lock lock(mutex_);
  Query query = database_.query(kFind);
  ASSIGN_OR_RETURN(const bool found, query.bind(model_, Blob{text.view().substr(0, kKeyBytes)}).next());
  if (!found) return false;
  const std::string_view bytes = query.view(0);
  if (bytes.size() != vector.size_bytes() || sum_of(bytes, text) != query.count(1)) return false;
  bytes.copy(reinterpret_cast<char*>(vector.data()), bytes.size());
  return true;
}

Status SqliteEmbeddingCache::add(const Digest& text, std::span<const float> vector) {
  assert(vector.size() == width_);
  const std::scoped_lock lock(mutex_);
  if (pending_ == 0) RETURN_IF_ERROR(database_.execute("BEGIN IMMEDIATE"));
  ++pending_;
  const std::string_view bytes = bytes_of(vector);
  int64_t row = 0;
  {
    Query insert = database_.query("INSERT INTO vector(sum, vector) VALUES(?, ?) RETURNING rowid");
    RETURN_IF_ERROR(insert.bind(sum_of(bytes, text), Blob{bytes}).next());
    row = insert.integer(0);
  }
  RETURN_IF_ERROR(database_.query("INSERT OR REPLACE INTO text(model, digest, vector) VALUES(?, ?, ?)")
                      .bind(model_, Blob{text.view().substr(0, kKeyBytes)}, row)
                      .run());
  return pending_ < kBatch ? Status() : commit();
}

Status SqliteEmbeddingCache::commit() {
  if (pending_ == 0) return {};
  pending_ = 0;
  Status committed = database_.execute("COMMIT");
  if (!committed.ok()) static_cast<void>(database_.execute("ROLLBACK").ok());
  return committed;
}

Status SqliteEmbeddingCache::flush() {
  const std::scoped_lock lock(mutex_);
  return commit();
}

}  // namespace

Result<std::unique_ptr<EmbeddingCache>> EmbeddingCache::open(const std::filesystem::path& archive,
                                                             const std::string& model, uint32_t width) {
  if (width == 0 || width > kWidthMax) return Error{Code::kInvalidArgument, fmt::format("vectors of width {}", width)};
  const std::filesystem::path folder = archive / kCacheFolder;
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) return Error{Code::kIo, fmt::format("cannot create {}: {}", folder.string(), failure.message())};
  const auto unusable = [&](const Error& error) {
    return Error{error.code,
                 fmt::format("{}: delete {}, it will be made anew", error.message, (folder / kCacheFile).string())};
  };
  auto database = Sqlite::open(folder / kCacheFile, Sqlite::Mode::kCreate);
  if (!database.ok()) return unusable(database.error());
  auto cache = std::make_unique<SqliteEmbeddingCache>(std::move(database).value(), width);
  if (const Status prepared = cache->prepare(model); !prepared.ok()) return unusable(prepared.error());
  return std::unique_ptr<EmbeddingCache>(std::move(cache));
}

}  // namespace custos::store
