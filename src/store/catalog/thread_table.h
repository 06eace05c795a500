// What threads are kept in, for ThreadJoiner; see there what the tables mean.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/catalog/sql.h"

namespace custos::store {

class ThreadTable {
 public:
  virtual ~ThreadTable() = default;
  // All keys that will be asked for: a table far away fetches them at once.
  [[nodiscard]] virtual Status expect(std::span<const int64_t> keys) = 0;
  // False where the key is there already.
  [[nodiscard]] virtual Result<bool> add_key(int64_t key, int64_t member) = 0;
  [[nodiscard]] virtual Result<int64_t> member(int64_t key) = 0;
  [[nodiscard]] virtual Status put_key(int64_t key, int64_t member) = 0;
  [[nodiscard]] virtual Result<std::vector<int64_t>> owners(int64_t key) = 0;
  [[nodiscard]] virtual Status add_owner(int64_t key, int64_t message) = 0;
  [[nodiscard]] virtual Status drop_owners(int64_t key) = 0;
  // kCorrupt where the message has none.
  [[nodiscard]] virtual Result<int64_t> thread_of(int64_t message) = 0;
  [[nodiscard]] virtual Status add_member(int64_t message, int64_t thread) = 0;
  [[nodiscard]] virtual Result<int64_t> size(int64_t thread) = 0;
  [[nodiscard]] virtual Status rename(int64_t from, int64_t to) = 0;
  // Writes what was not written yet.
  [[nodiscard]] virtual Status finish() = 0;
};

// Statement by statement: for a database in this process.
class SqlThreadTable final : public ThreadTable {
 public:
  explicit SqlThreadTable(Sql& database) : database_(database) {}

  Status expect(std::span<const int64_t> /*keys*/) override { return {}; }
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
  Status finish() override { return {}; }

 private:
  Sql& database_;
};

}  // namespace custos::store
