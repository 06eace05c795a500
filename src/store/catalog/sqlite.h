// SQLite 3. The only file with its header besides sqlite.cc.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "store/catalog/sql.h"

struct sqlite3;

namespace custos::store {

class Sqlite final : public Sql {
 public:
  enum class Mode { kRead, kWrite, kCreate };

  Sqlite() = default;
  Sqlite(Sqlite&& other) noexcept;
  Sqlite& operator=(Sqlite&& other) noexcept;
  ~Sqlite() override;
  [[nodiscard]] static Result<Sqlite> open(const std::filesystem::path& file, Mode mode);

  Status execute(const char* sql) override;
  Query query(const char* sql) override;
  int64_t changes() const override;

 private:
  sqlite3* database_ = nullptr;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
};

}  // namespace custos::store
