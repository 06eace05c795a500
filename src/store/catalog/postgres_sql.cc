#include "store/catalog/postgres_sql.h"

#include <fmt/format.h>

#include <utility>

namespace custos::store {
namespace {

std::string with_numbered_parameters(std::string_view sql, int& count) {
  std::string numbered;
  for (const char c : sql) {
    if (c == '?') {
      fmt::format_to(std::back_inserter(numbered), "${}", ++count);
    } else {
      numbered += c;
    }
  }
  return numbered;
}

}  // namespace

class PostgresSql::PreparedStatement final : public Statement {
 public:
  PreparedStatement(PostgresSql& owner, std::string name, int count)
      : owner_(owner), name_(std::move(name)), count_(count) {}

  void bind_integer(int at, int64_t value) override { parameters_.set(at, value); }
  void bind_text(int at, std::string_view text) override { parameters_.set(at, text); }
  void bind_blob(int at, std::string_view bytes) override { parameters_.set(at, bytes); }
  Result<bool> step() override { return is_streaming_ ? step_streaming() : step_held(); }
  void stream() override { is_streaming_ = true; }
  void reset() override {
    if (is_streaming_ && is_running_) owner_.postgres_->stop_rows();
    is_streaming_ = is_running_ = false;
    rows_ = {};
    parameters_.clear();
  }

  int64_t integer(int column) const override { return rows_.integer(row_, column); }
  std::string_view view(int column) const override { return rows_.view(row_, column); }
  bool is_null(int column) const override { return rows_.is_null(row_, column); }

 private:
  Result<bool> step_held() {
    if (!is_running_) {
      parameters_.resize(count_);
      ASSIGN_OR_RETURN(rows_, owner_.postgres_->run(name_, parameters_));
      owner_.changes_ = rows_.changes();
      is_running_ = true;
      row_ = -1;
    }
    return ++row_ < rows_.size();
  }
  Result<bool> step_streaming() {
    if (!is_running_) {
      parameters_.resize(count_);
      RETURN_IF_ERROR(owner_.postgres_->start(name_, parameters_));
    }
    is_running_ = true;
    row_ = 0;
    ASSIGN_OR_RETURN(rows_, owner_.postgres_->next_row());
    return rows_.size() > 0;
  }

  PostgresSql& owner_;
  const std::string name_;
  const int count_;  // of parameters
  client::PostgresParameters parameters_;
  client::PostgresRows rows_;
  int row_ = -1;
  bool is_running_ = false;
  bool is_streaming_ = false;
};

PostgresSql::~PostgresSql() = default;

Query PostgresSql::query(const char* sql) {
  std::unique_ptr<Statement>& known = statements_[sql];
  if (known != nullptr) return {known.get(), Status()};
  const std::string name = fmt::format("s{}", statements_.size());
  int count = 0;
  if (Status prepared = postgres_->prepare(name, with_numbered_parameters(sql, count)); !prepared.ok()) {
    return {nullptr, std::move(prepared)};
  }
  known = std::make_unique<PreparedStatement>(*this, name, count);
  return {known.get(), Status()};
}

}  // namespace custos::store
