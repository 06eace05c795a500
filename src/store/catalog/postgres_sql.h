// PostgreSQL as a database of the catalog: "?" becomes "$1", "$2" …
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "client/postgres.h"
#include "store/catalog/sql.h"

namespace custos::store {

class PostgresSql final : public Sql {
 public:
  explicit PostgresSql(std::unique_ptr<client::Postgres> postgres) : postgres_(std::move(postgres)) {}
  ~PostgresSql() override;

  Status execute(const char* sql) override { return postgres_->execute(sql); }
  Query query(const char* sql) override;
  int64_t changes() const override { return changes_; }
  [[nodiscard]] client::Postgres& postgres() { return *postgres_; }

 private:
  class PreparedStatement;

  const std::unique_ptr<client::Postgres> postgres_;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;
  int64_t changes_ = 0;
};

}  // namespace custos::store
