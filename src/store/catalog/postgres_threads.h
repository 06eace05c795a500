// The tables of threads in PostgreSQL: read in bulk before, written in bulk after.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/catalog/postgres_sql.h"
#include "store/catalog/thread_table.h"

namespace custos::store {

// For one flush, inside a transaction that nobody else's can interleave with.
class PostgresThreadTable final : public ThreadTable {
 public:
  explicit PostgresThreadTable(PostgresSql& database) : database_(database) {}

  Status expect(std::span<const int64_t> keys) override;
  Result<bool> add_key(int64_t key, int64_t member) override;
  Result<int64_t> member(int64_t key) override;
  Status put_key(int64_t key, int64_t member) override;
  Result<std::vector<int64_t>> owners(int64_t key) override;
  Status add_owner(int64_t key, int64_t message) override;
  Status drop_owners(int64_t key) override;
  Result<int64_t> thread_of(int64_t message) override;
  Status add_member(int64_t message, int64_t thread) override;
  Result<int64_t> size(int64_t thread) override;
  Status rename(int64_t from, int64_t to) override;
  Status finish() override;

 private:
  Status fetch_keys(std::span<const int64_t> keys);
  Status fetch_owners();
  Status fetch_threads();

  PostgresSql& database_;
  std::unordered_map<int64_t, int64_t> members_;              // by key
  std::unordered_map<int64_t, std::vector<int64_t>> owners_;  // by key
  std::unordered_map<int64_t, int64_t> threads_;              // by message, of those that were there before
  std::map<int64_t, int64_t> put_;
  std::set<std::pair<int64_t, int64_t>> added_owners_;
  std::vector<int64_t> dropped_;
  std::vector<std::pair<int64_t, int64_t>> added_members_;
};

}  // namespace custos::store
